"""Where the next sites help most: which homes a candidate reaches, and which candidates together reach most."""
