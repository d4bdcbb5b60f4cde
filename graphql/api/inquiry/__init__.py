"""Inquiries of clients to the service."""
