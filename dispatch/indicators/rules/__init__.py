"""Decisions of the indicators: same input, same answer; no session, no clock."""
