"""The only package that changes the user's tree: all of a plan, or nothing."""
