"""Quotes: making them, and the tokens that bind them."""
