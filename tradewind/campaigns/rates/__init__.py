"""What messages cost: rate cards, which country a phone belongs to, and the price of a plan and of what happened."""
