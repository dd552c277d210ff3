"""Rules that keep tags true: whoever fits the tree has the tag, nobody else (C3).

`actions` are the verbs of members, `keeper` is the worker's loop, `engine` decides about people, `watch` says what can
change a tree's answer, `book` which rules are on and in which order, `past` tries a tree on earlier days (X5).
"""
