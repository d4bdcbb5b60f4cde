"""The GraphQL schema: a folder for each noun, and the modules they share."""
