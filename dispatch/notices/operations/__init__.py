"""What is done with notices and short texts: telling, reading, queueing, sending, ending."""
