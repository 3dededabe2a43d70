"""What a run computes: same input, same answer; no session, no clock."""
