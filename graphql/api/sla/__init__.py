"""The SLA and the daily guarantee in the API."""
