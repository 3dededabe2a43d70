"""Making runs, and reading them as the caller may."""
