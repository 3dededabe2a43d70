"""Fixtures of the tests that use a database."""

from tests.real_application import real_app

__all__ = ["real_app"]
