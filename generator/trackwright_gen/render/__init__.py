"""Plan -> text: one Jinja environment over the copier templates, formatted with the project's own settings."""

from trackwright_gen.render.context import domain_context
from trackwright_gen.render.environment import environment, render
from trackwright_gen.render.formatting import formatted, shaped_like, wrapped

__all__ = ["domain_context", "environment", "formatted", "render", "shaped_like", "wrapped"]
