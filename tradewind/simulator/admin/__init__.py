"""The simulator's own door under `/_simulator/`: what a test or a demo reads and sets."""
