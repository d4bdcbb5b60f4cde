"""The SLA: its terms and their negotiation."""
