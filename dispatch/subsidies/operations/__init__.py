"""What the business does with subsidy rules: puts them in force, computes by them, takes and gives them as files."""
