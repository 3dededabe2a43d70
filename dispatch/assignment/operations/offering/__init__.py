"""Offers: looking for whom to ask, asking, and what is done with the answer."""
