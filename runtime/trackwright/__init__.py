"""Accountable background work: what a service imports in production."""
