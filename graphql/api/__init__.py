"""The GraphQL schema: a module per noun, and what they share."""
