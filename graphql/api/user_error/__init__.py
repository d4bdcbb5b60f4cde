"""User errors of mutations and quotes: their codes, a type for each, and the table of refusals."""
