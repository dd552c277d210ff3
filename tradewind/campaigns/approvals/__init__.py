"""Four eyes: where a workspace wants it, a launch to many people waits for the word of a second member."""
