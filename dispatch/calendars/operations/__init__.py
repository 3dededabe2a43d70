"""What is done with feeds: having one made, ending it, reading it."""
