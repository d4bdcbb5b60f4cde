"""The kinds of jobs: at midnight of each zone, and periodic ones."""
