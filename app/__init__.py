"""The application: its rules, its use cases, its command line and its web server."""
