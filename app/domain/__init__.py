"""The rules of the business: pure functions of their arguments, no I/O and no clock."""
