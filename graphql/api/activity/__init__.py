"""Activity: counts by day, week and month, for charts."""
