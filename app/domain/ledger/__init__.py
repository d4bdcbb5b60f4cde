"""The quota ledger: its days, and what images use of them."""
