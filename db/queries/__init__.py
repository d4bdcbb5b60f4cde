"""Reads: a module per noun, every statement with a name, and what index serves it."""
