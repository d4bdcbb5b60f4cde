"""The Pulse in the API."""
