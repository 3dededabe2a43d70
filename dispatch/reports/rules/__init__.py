"""From a reading to a report, and from a report to a file: same input, same answer; no session, no clock."""
