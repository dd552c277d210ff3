"""`python -m tradewind.cli` is the same as `tradewind`."""

from tradewind.cli import main

main()
