"""The GraphQL engine: everything a schema needs apart from its nouns."""
