"""Deadlines: when images are due, why, and when they are at risk or missed."""
