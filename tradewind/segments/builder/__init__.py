"""The page on which a tree is put together: the form is the tree, line by line, with counts that follow."""
