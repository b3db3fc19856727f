"""`trackwright adopt`: a spec for a table that somebody made by hand."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts, with_parts
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.merge.record import recorded_domains
from trackwright_gen.plan.adopted_spec import AdoptedSpec, Meanings, adopted_spec
from trackwright_gen.plan.adoption import adoption_of
from trackwright_gen.plan.planner import plan_domains
from trackwright_gen.project.detect import detect_project
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.written import WrittenTable, read_written_table
from trackwright_gen.report.text import shown
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.model import DOMAIN_PATTERN
from trackwright_gen.spec.naming_rules import name_mistake
from trackwright_gen.spec.schema import SCHEMA_FILE, schema_text
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.write.new_files import create_files

_MORE_NAMES = {
    "attempts": ("retry_count", "retries", "tries", "attempt"),
    "error_message": ("error", "last_error", "error_text"),
    "celery_task_id": ("task_id", "celery_id", "job_id"),
}


@click.command()
@click.argument("table")
@click.option("--domain", metavar="NAME", help="The domain's name; the table's, when left out.")
@project_parts
@project_folder
@click.pass_context
def command(
    ctx: click.Context, /, *, table: str, domain: str | None, folder: Path, **parts: str | None
) -> None:
    """Write the spec of a domain that takes over TABLE, read from its model in the project's source.

    `trackwright generate` then migrates the table; old code goes on under the old name.
    """
    name = _domain(domain or table)
    start = folder.resolve()
    found = find_settings(start)
    root = found.source.parent if found.source else start
    path = root / found.settings.specs / f"{name}.yaml"
    if path.exists():
        raise ToolError(
            "this spec exists already", at=Location(path), hint="choose another name with --domain"
        )
    project = detect_project(root, with_parts(found.settings, parts))
    written = read_written_table(SourceTree(project.root, project.source_root), table, project.schema)
    proposed = _proposed(written, name, path, project)
    create_files({path: proposed.text}, refresh={root / SCHEMA_FILE: schema_text()})
    asked = f"  ({proposed.questions} questions)" if proposed.questions else ""
    click.echo(f"wrote {shown(path, start)}{asked}")
    for note in _notes(path, proposed, written, project):
        click.echo(f"note: {note}")
    answers = "answer the questions (`# ?`)" if proposed.questions else "read it"
    click.echo(f"next: {answers}, then run: trackwright generate --diff {name}")
    ctx.exit(DONE)


def _domain(name: str) -> str:
    if re.fullmatch(DOMAIN_PATTERN, name) is None:
        message, hint = name_mistake(name, DOMAIN_PATTERN)
        raise ToolError(message, hint=f"{hint}; give it with --domain" if hint else "give one with --domain")
    return name


def _proposed(written: WrittenTable, name: str, path: Path, project: Project) -> AdoptedSpec:
    schema = os.path.relpath(project.root / SCHEMA_FILE, path.parent).replace(os.sep, "/")
    place = f"{shown(written.at.path, project.root)}:{written.at.row}"
    return adopted_spec(written, name, _meanings(), schema=schema, place=place)


def _meanings() -> Meanings:
    # The runtime knows the usual names; it brings SQLAlchemy.
    from trackwright.legacy.mapping import STATUS_WORDS, USUAL_COLUMNS

    return Meanings(
        columns={core: (*names, *_MORE_NAMES.get(core, ())) for core, names in USUAL_COLUMNS.items()},
        words={word: status.value for word, status in STATUS_WORDS.items()},
    )


def _notes(path: Path, proposed: AdoptedSpec, written: WrittenTable, project: Project) -> Iterator[str]:
    """What `generate` will ask for, said before it does."""
    from trackwright_gen.revisions.difference import ColumnAltered, adopting_differences
    from trackwright_gen.revisions.type_change import rewrites, type_name

    loaded = parse_spec(SpecSource.of(path, proposed.text))
    try:
        (plan,) = plan_domains([loaded], project, recorded_domains(project.root))
        adoption = adoption_of(written, plan, loaded)
        found = adopting_differences(adoption, plan.table)
    except ToolErrors:
        return  # `generate` says them, at their places
    for one in found:
        match one:
            case ColumnAltered(old=old, new=new) if rewrites(old.type, new.type):
                yield (
                    f"{new.name} changes from {type_name(old.type)} to {type_name(new.type)}, which writes every "
                    f"row anew under a lock: `allow_rewrite: [{new.name}]` in the spec says that this is meant"
                )
            case _:
                continue
