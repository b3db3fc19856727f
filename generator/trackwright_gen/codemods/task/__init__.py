"""`trackwright legacy task`: a legacy task, and all that sends it, onto its domain's tracking."""
