"""The jobs: at each client's own midnight, every minute and every day, and queued. Their work is in `app/services`."""
