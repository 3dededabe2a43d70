"""Copying, erasing, and ending what is over its time."""
