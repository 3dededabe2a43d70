"""Looking at a day: the board of a coordinator, the tour of a carer."""
