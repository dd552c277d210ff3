"""Tags: the tree of their names, who has them and why, until when, and acts on many people at once."""
