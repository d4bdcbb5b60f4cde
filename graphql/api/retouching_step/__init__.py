"""The catalogue of retouching steps in the API."""
