"""What time alone brings about: deadlines at risk and missed, leases that run out, and what nobody needs any more."""
