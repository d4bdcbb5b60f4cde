"""The Pulse: the six KPIs, the figures they are computed from, and SLA compliance."""
