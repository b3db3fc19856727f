"""The rules, one module each: CODE, NAME, check, and the rule's page as docstring."""
