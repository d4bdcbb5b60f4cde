"""Specifications in the API."""
