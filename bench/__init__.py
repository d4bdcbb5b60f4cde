"""Benchmarks: ratios measured in one run against an embedded server of its own (`python -m bench`)."""
