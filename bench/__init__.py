"""Measurements of the figures in product.md: one file each, every one bounded in time. `tradewind bench NAME --json`."""
