"""Shapes on the wire: JSON names, what is required, ranges. No database."""
