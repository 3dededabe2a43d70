"""Write the made-up world: `python -m seed --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from seed.making import write_world


def main() -> None:
    """Read the folder from the command line and fill it."""
    parser = argparse.ArgumentParser(prog="python -m seed", description="Write the made-up districts and their truth.")
    parser.add_argument("--out", type=Path, required=True, help="folder to fill; made where it is missing")
    folder = parser.parse_args().out
    for name, size in write_world(folder).items():
        print(f"{name:<22} {size:>10,} bytes")


if __name__ == "__main__":
    main()
