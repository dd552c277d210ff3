"""What the plan says of time: when the last message leaves, and how many an hour from each number."""
