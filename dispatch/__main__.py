"""`python -m dispatch`."""

from dispatch.app import main

main()
