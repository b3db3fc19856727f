"""What is left to do about background work: how much today, how it came to be, and in which order to go about it."""
