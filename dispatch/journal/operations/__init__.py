"""Adding to the journal, chaining what was added, and going through the chain."""
