"""The events of an account: what its log says of each change."""
