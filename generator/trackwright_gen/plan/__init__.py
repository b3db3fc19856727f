"""Pure: what shall exist in the project for a set of specs."""
