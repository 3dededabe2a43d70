"""Who is told what, in which words, and when: same input, same answer."""
