"""What Meta refuses to accept, written from its documentation and apart from the product's own checks."""
