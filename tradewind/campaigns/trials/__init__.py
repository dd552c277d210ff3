"""Several texts compared on a part of the audience, and a few people first: canary, test, then everybody else."""
