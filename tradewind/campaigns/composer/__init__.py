"""What helps while a campaign is written: real people as they will read it, advice on the text, a test to oneself."""
