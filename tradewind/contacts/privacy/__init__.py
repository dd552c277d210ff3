"""What people may ask of a business: to be told what it has of them, and to be forgotten; and whom numbers concern."""
