"""Production: delivering, rejecting and redelivering images."""
