"""Deadlines: their rules, explanations, and alerts."""
