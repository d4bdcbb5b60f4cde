"""The GraphQL schema: a folder for each noun, and what they share."""
