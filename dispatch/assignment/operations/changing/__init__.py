"""Changing a plan by hand: asking what a change would do, making it, taking it back."""
