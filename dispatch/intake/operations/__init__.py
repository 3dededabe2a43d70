"""What is done with care requests: asking, reading, moving."""
