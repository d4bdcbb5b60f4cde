"""The jobs: at each client's own midnight, every minute and every day. Their work is in `app/services`."""
