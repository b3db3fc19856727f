"""Rules over a project's source: findings in, nothing printed, nothing changed."""
