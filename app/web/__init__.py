"""The API over HTTP: the composition root, authentication and health."""
