"""Hard rules, times and scores of matching; the same input gives the same answer."""
