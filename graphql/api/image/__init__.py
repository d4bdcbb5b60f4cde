"""Images in the API."""
