"""Leading code out of a generic status table (principles 9): what it does with it, and the same on a domain's own."""
