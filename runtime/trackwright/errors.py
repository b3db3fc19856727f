"""What the runtime raises: each error says what was, what was asked and what is allowed."""
