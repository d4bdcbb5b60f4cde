"""The queue of jobs of accounts, and the spreads that add a job for each account."""
