"""Recipes: ready-made sets of tags with their rules, which a business looks at, changes and switches on (C3, C6–C9).

`catalogue` is the data, `offers` says what a recipe would make in this workspace, `actions` makes it.
"""
