"""The one Jinja environment: our templates, unless a team's folder has one of the same name."""

from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
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
    TemplateSyntaxError,
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
        raise ToolError(f"template {template}: {error}", at=_place(error, template)) from error


def _place(error: TemplateError, template: str) -> Location:
    """Where a template is wrong: a mistake of its syntax knows, one that shows on rendering has it in its trace."""
    if isinstance(error, TemplateSyntaxError) and error.filename:
        return Location(Path(error.filename), error.lineno)
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(SUFFIX)]
    last = next(reversed(frames), None)
    return Location(Path(last.filename), last.lineno or 1) if last else Location(Path(template + SUFFIX))
