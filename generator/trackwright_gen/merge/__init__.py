"""What was generated last x what is generated now x what the user has: one outcome per file, nothing lost."""
