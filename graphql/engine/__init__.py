"""The GraphQL engine: what any schema needs, without a noun of this one."""
