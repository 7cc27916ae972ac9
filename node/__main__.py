"""`python -m node` is `ilan`."""

from node.cli import main

main()
