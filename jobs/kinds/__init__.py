"""The kinds of jobs, a module each: at midnight of each zone, and periodic ones."""
