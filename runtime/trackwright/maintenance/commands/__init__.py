"""The operational commands: they need Celery, click, rich and the project, not the generator."""
