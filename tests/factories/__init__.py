"""Makers of records for tests, one module for each room."""
