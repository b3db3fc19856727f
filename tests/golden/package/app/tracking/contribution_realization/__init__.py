"""Tracked background work."""
