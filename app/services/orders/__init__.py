"""Use cases on orders: the only writers of their rows, a transaction each."""
