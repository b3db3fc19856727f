"""The one Jinja environment: our templates, unless a team's folder has one of the same name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
)

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.render.filters import TrackwrightFilters

SUFFIX = ".jinja"


def environment(overrides: Path | None = None) -> Environment:
    """Make the environment; unknown names in a template are errors.

    The options are those of the template's copier.yml, so that copier renders the same bytes.
    """
    loaders: list[BaseLoader] = [PackageLoader("trackwright_templates", "domain")]
    if overrides is not None:
        loaders.insert(0, FileSystemLoader(overrides))
    return Environment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- the output is Python and Markdown; the filters guard it
        extensions=[TrackwrightFilters],
        bytecode_cache=_bytecode_cache(),
    )


def _bytecode_cache() -> BytecodeCache | None:
    """Compiled templates in a folder that only this user can write: compiling takes a quarter of a run."""
    try:
        return FileSystemBytecodeCache()
    except (OSError, RuntimeError):
        return None  # there is no such folder to be had


def render(jinja: Environment, template: str, context: Mapping[str, Any]) -> str:
    """Render one template by its name without suffix.

    Raises:
        ToolError: the template is wrong, at its place; only a team's own one can be.
    """
    try:
        return jinja.get_template(template + SUFFIX).render(context)
    except TemplateError as error:
        place = Location(
            Path(getattr(error, "filename", None) or template + SUFFIX), getattr(error, "lineno", 1) or 1
        )
        raise ToolError(f"template {template}: {error}", at=place) from error
