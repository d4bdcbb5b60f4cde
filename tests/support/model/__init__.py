"""An independent model of the rules, random commands for it and for the services, and the comparison of the two."""
