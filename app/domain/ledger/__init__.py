"""The quota ledger: an account's ledger days, and the guarantee and expedites that images use in each."""
