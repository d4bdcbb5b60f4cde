"""Tools of the repository, which no release contains."""
