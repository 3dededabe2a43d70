"""The command line. `run` mounts the tree of commands on the application that it is given."""

from dispatch.cli.tree import run

__all__ = ["run"]
