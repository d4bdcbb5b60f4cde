"""The jobs: at each client's own midnight, every minute and every day. What they do is in `app/services`."""
