"""Other words for what of a paused campaign has not gone (product.md B13)."""
