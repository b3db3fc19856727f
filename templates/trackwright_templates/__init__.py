"""Copier templates: `domain` for one tracked domain, `project` for a new project."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def template_root(name: str) -> Traversable:
    """The folder of a template, in a wheel as in an editable install."""
    return files(__name__) / name
