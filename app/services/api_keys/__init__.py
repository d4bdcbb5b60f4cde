"""API keys: creating, finding and revoking them, and when each was last used."""
