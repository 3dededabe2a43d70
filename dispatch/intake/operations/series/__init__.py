"""What is done with care series: asking, changing, making requests of their dates, and what an elder's fate does."""
