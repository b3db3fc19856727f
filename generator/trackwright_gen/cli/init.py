"""`trackwright init`: find what a project is, ask what cannot be found, write it into the settings."""

import sys
from pathlib import Path
from typing import Any

import click

from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts, with_parts
from trackwright_gen.config import Settings, find_settings
from trackwright_gen.errors import ToolErrors
from trackwright_gen.project.candidates import Found
from trackwright_gen.project.detect import Survey, detect_project, survey_project
from trackwright_gen.project.env_edit import transaction_edit
from trackwright_gen.project.env_script import read_env
from trackwright_gen.project.model import Project, Session
from trackwright_gen.project.settings_text import with_settings
from trackwright_gen.project.source_file import read_source
from trackwright_gen.write.change import text_change
from trackwright_gen.write.transaction import apply_changes


@click.command()
@click.option(
    "--starter",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Start a new project in DIR (Alembic, Celery, SQLite) instead.",
)
@click.option(
    "--transaction-per-migration",
    is_flag=True,
    help="Let env.py commit each migration by itself, as lock-free changes of tables need.",
)
@project_parts
@project_folder
def command(
    *, folder: Path, starter: Path | None, transaction_per_migration: bool, **parts: str | None
) -> None:
    """Prepare a project: find its base class, session, Celery app and migrations, and write them down."""
    if starter is not None:
        _start(folder / starter)
        return
    root = folder.resolve()
    loaded = find_settings(root)
    known = loaded.settings if loaded.source is not None and loaded.source.parent == root else Settings()
    settings = _complete(root, with_parts(known, parts))
    project = detect_project(root, settings)
    values = _values(project, settings)
    for name, value in _shown(project).items():
        click.echo(f"{name:<9} {value}")
    click.echo(_write(root, values))
    _offer_transactions(project, wanted=transaction_per_migration)
    if not any(project.specs.glob("*.yaml")):
        click.echo("next: trackwright new DOMAIN, then trackwright generate")


def _offer_transactions(project: Project, *, wanted: bool) -> None:
    """Edit env.py where that is wanted, else say what it is good for."""
    edit = transaction_edit(read_env(project.alembic.script_location))
    if edit is None:
        return
    place = edit.path.relative_to(project.root)
    if not wanted:
        click.echo(
            f"note: {place} runs all migrations in one transaction; changes of tables that do not lock them"
        )
        click.echo("      need one each: trackwright init --transaction-per-migration")
        return
    apply_changes([text_change(edit.path, edit.old_text, edit.new_text)])
    click.echo(f"edited {place}: {edit.reason}")


def _start(folder: Path) -> None:
    from trackwright_gen.cli.starter import start_project  # copier takes longer than all the rest

    made = start_project(folder)
    click.echo(f"wrote {len(made)} files in {folder}")
    click.echo(f"next: cd {folder}, then trackwright new DOMAIN, trackwright generate, alembic upgrade head")


def _complete(root: Path, settings: Settings) -> Settings:
    """Ask for what is missing, one part after the other; without a terminal, say all that is."""
    while (survey := survey_project(root, settings)).errors:
        question = _question(survey)
        if question is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ToolErrors(survey.errors)
        part, found = question
        settings = settings.model_copy(update={part: _ask(part, found)})
    return settings


def _question(survey: Survey) -> tuple[str, Found[Any]] | None:
    """The first part that an answer can settle; broken files and histories are for an editor."""
    parts: dict[str, Found[Any]] = {"base": survey.base, "session": survey.session, "celery": survey.celery}
    return next(((part, found) for part, found in parts.items() if found.errors and found.candidates), None)


def _ask(part: str, found: Found[Any]) -> str:
    click.echo(f"Which is the project's {part}?")
    for number, candidate in enumerate(found.candidates, start=1):
        click.echo(f"  {number}  {candidate.value}  ({candidate.at})")
    chosen: int = click.prompt("number", type=click.IntRange(1, len(found.candidates)))
    value = found.candidates[chosen - 1].value
    return str(value.factory if isinstance(value, Session) else value)


def _values(project: Project, settings: Settings) -> dict[str, str]:
    """What the settings shall say; what they say already stays."""
    config = project.alembic.config.relative_to(project.root).as_posix()
    return {
        "base": settings.base or str(project.base),
        "session": settings.session or str(project.session.factory),
        "celery": settings.celery or str(project.celery),
        "alembic": settings.alembic or config,
        "layout": settings.layout or project.layout,
    }


def _shown(project: Project) -> dict[str, str]:
    head = ", ".join(project.alembic.heads) or "no revision yet"
    return {
        "base": str(project.base),
        "session": str(project.session),
        "celery": str(project.celery),
        "alembic": f"{project.alembic.config.relative_to(project.root)} (head: {head})",
        "layout": f"{project.layout} in {project.package}",
        "database": project.dialect or "not shown by the source",
    }


def _write(root: Path, values: dict[str, str]) -> str:
    """Write the settings into pyproject.toml, or trackwright.toml where it exists or there is neither."""
    own, shared = root / "trackwright.toml", root / "pyproject.toml"
    path = own if own.is_file() or not shared.is_file() else shared
    before = read_source(path) if path.is_file() else None
    after = with_settings(path, before or "", values)
    if after == before:
        return f"{path.name} says so already"
    apply_changes([text_change(path, before, after)])
    return f"wrote the settings into {path.name}"
