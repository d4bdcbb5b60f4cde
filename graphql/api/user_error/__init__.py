"""The errors a user can fix in a mutation or a quote: their codes, a type for each, and those of refusals."""
