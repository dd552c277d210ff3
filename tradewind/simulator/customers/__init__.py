"""The people at the other end: who they are, and how they answer."""
