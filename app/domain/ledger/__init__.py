"""The quota ledger: its days, and their use by images."""
