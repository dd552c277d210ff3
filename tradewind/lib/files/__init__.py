"""Files that people hand in: what they are by their bytes, pictures made smaller, films looked at."""
