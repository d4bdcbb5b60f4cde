"""Erasing texts that may hold a person's data (domain rules, section 5.26)."""
