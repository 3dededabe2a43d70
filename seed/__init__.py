"""
A made-up world whose true figures are known by construction.

`python -m seed --out DIR` writes a street network, the records of two districts and `truth.json`.
Nothing here knows the product: figures come from closed formulas and from lists kept while making the world.
"""

from seed.making import make_world, write_world

__all__ = ["make_world", "write_world"]
