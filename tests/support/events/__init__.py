"""Events in tests: samples, the rows of release 0.1.0, their fields in the API, and orders replayed from events."""
