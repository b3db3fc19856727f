"""A run of `generate`: plan, write, say what happened; what it says when it had nothing to do is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE, FINDINGS
from trackwright_gen.cli.generation import Generation, plan_generation
from trackwright_gen.cli.generation_changes import changes_of
from trackwright_gen.cli.generation_report import json_report, text_report, unified_diff
from trackwright_gen.cli.project_options import with_parts
from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.cli.template_files import own_templates
from trackwright_gen.cli.unchanged import Request, is_covered, remember, state_of
from trackwright_gen.config import find_settings
from trackwright_gen.project.detect import detect_project
from trackwright_gen.project.model import Project
from trackwright_gen.write.transaction import apply_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """Whether anything is written, and what the run is for where nothing is."""

    writes: bool
    diff: bool
    check: bool


def generate(request: Request, mode: Mode, output_format: str) -> int:
    """Do what the specs say, and say it; the exit code."""
    found = find_settings(request.start)
    root = found.source.parent if found.source else request.start
    before = state_of(root)
    loaded = load_specs(root / found.settings.specs, request.specs, request.start)
    project = detect_project(root, with_parts(found.settings, request.parts))
    templates = own_templates(root, found.settings)
    generation = plan_generation(loaded, project, templates=templates)
    changes = changes_of(generation)
    written = bool(changes) and mode.writes
    if written:
        apply_changes(changes)
    if output_format == "json":
        click.echo(json_report(generation, changes, written=written))
    elif mode.diff:
        click.echo(unified_diff(generation, changes), nl=False)
    else:
        said = "\n".join(_said(generation, changed=bool(changes), written=written))
        click.echo(said)
        _warn(generation)
        read = (request.start, *_templates(templates), *_read(project, generation))
        if mode.writes and not changes and not generation.conflicts and is_covered(root, read):
            remember(request, root, before, said)
    return FINDINGS if generation.conflicts or (mode.check and changes) else DONE


def _templates(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield from (folder, *folder.rglob("*"))


def _read(project: Project, generation: Generation) -> Iterator[Path]:
    """Where a run reads, however the project is laid out."""
    yield from (project.source_root, project.specs)
    yield from (project.alembic.config, project.alembic.script_location, *project.alembic.version_locations)
    yield from (outcome.path for outcome in generation.outcomes)


def _warn(generation: Generation) -> None:
    for conflict in generation.conflicts:
        click.echo(f"{conflict.path}: resolve the conflict", err=True)


def _said(generation: Generation, *, changed: bool, written: bool) -> Iterator[str]:
    if report := text_report(generation):
        yield report
    if not changed and not generation.conflicts:
        yield "everything is up to date"
    elif not written:
        yield "nothing was written"
    if written and generation.revisions:
        yield "next: read the migration, then run: alembic upgrade head"
