"""Tags suggested from what people write (product.md C12): counted each week, accepted or refused by a person."""
