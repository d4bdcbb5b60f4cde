"""The jobs that run at each client's own midnight; none does yet."""
