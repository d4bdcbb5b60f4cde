"""The GraphQL engine: the parts that any schema needs, without a noun of this one."""
