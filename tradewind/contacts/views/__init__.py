"""The pages of contacts: the list, the tags, a person."""
