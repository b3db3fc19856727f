"""What the target project is: found by reading its source, never by importing it."""
