"""Loupe by gql: its custom scalars as Python's values, its enumerations as types, and requests that wait for it."""
