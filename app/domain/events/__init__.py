"""The events of an account: its log of changes."""
