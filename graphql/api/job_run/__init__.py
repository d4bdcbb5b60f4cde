"""Runs of jobs in the API."""
