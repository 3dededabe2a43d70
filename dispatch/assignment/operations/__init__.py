"""What is done in assignment: searching, assigning, and an elder's wishes about carers."""
