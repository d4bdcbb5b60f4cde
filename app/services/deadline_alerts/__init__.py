"""The watch over deadlines: alerts for those at risk and missed."""
