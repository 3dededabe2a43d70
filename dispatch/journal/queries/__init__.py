"""Reading the journal, as values and as the bytes that are stored."""
