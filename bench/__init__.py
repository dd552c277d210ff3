"""Measurements of the figures in product.md: one file each, all bounded in time. `tradewind bench NAME --json`."""
