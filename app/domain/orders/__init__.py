"""Orders: their state, the commands that change it, and what these refuse."""
