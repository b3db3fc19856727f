"""Options that say what a project's parts are, where detection cannot know."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from trackwright_gen.layout_names import LAYOUTS

if TYPE_CHECKING:  # pydantic would come with it, before it is known whether there is anything to do
    from trackwright_gen.config import Settings

_OPTIONS = (
    click.option(
        "--base", metavar="MODULE:NAME", help="The declarative base class, such as app.db.base:Base."
    ),
    click.option("--session", metavar="MODULE:NAME", help="The session factory (a sessionmaker)."),
    click.option("--celery", metavar="MODULE:APP", help="The Celery app."),
    click.option("--alembic", metavar="PATH", help="alembic.ini, or pyproject.toml with [tool.alembic]."),
    click.option("--layout", type=click.Choice(LAYOUTS), help="How generated modules are laid out."),
)


def project_parts(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --base, --session, --celery, --alembic and --layout to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def with_parts(settings: "Settings", parts: Mapping[str, str | None]) -> "Settings":
    """The settings, with the options that were given in place of what files say."""
    return settings.model_copy(update={name: value for name, value in parts.items() if value is not None})
