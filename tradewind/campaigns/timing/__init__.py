"""When each recipient gets it: at once, at a time, at a local time, or at the hour at which they read and answer.

`rules` is what a member chose, `moments` what that means for one place, `best_hours` what people's own past says,
`due` the tables that the plan's SQL reads, `forms` the part of the compose page.
"""
