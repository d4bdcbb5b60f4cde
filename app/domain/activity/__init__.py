"""The activity of an account by ledger day, week and month, for charts (domain rules, section 6)."""
