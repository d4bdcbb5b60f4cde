"""API keys: creating, finding and revoking them, and the last use of each."""
