"""The pages of numbers: the list with its ledger, one number, and connecting."""
