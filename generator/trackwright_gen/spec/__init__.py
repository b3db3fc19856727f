"""One domain's spec: YAML text with positions -> a checked, frozen model."""
