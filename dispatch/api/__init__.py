"""HTTP: translate, call one operation, commit. `install` puts everything on an application."""

from dispatch.api.blueprints import install

__all__ = ["install"]
