"""`trackwright legacy spec`: propose one spec for each kind of task that a legacy table holds."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.source_options import sources_of
from trackwright_gen.codemods.kinds import Kind, legacy_kinds, type_column
from trackwright_gen.codemods.legacy_table import KindRows, Question, Rows, read_rows
from trackwright_gen.codemods.proposal import Proposal, proposal
from trackwright_gen.codemods.sightings import METADATA, STATES, Sighting
from trackwright_gen.codemods.spec_text import spec_text
from trackwright_gen.config import Settings, find_settings
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.detect import detect_project
from trackwright_gen.report.text import shown
from trackwright_gen.source.project import SourceProject
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.schema import SCHEMA_FILE, schema_text
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.write.new_files import create_files


@click.command("spec")
@click.option("--database", metavar="URL", help="Look into the rows too; only reads.")
@click.option(
    "--domain", "domains", multiple=True, metavar="NAME", help="Only this domain; may be given again."
)
@click.option("--dry-run", is_flag=True, help="Print the specs; write nothing.")
@project_folder
@click.pass_context
def command(
    ctx: click.Context, *, database: str | None, domains: tuple[str, ...], dry_run: bool, folder: Path
) -> None:
    """Propose specs with their `legacy:` mapping from the code's use of the legacy models, and from the rows.

    A spec that exists is left as it is. Every line says where it comes from; questions begin with `# ?`.
    """
    start = folder.resolve()
    loaded = find_settings(start)
    root = loaded.source.parent if loaded.source else start
    specs = root / loaded.settings.specs
    sources = sources_of((), root)
    project = sources.read({})
    kinds = legacy_kinds(project)
    if not kinds.all:
        raise ToolError(
            f"no legacy model ({', '.join(sources.settings.legacy_models)}) is used under {root}",
            hint="name yours in the settings: legacy-models in [tool.trackwright.lint]",
        )
    rows = read_rows(database, _questions(project, kinds.all)) if database else {}
    proposals = _proposals(project, kinds.all, rows, _taken(root, loaded.settings, specs))
    wanted = [each for each in proposals if not domains or each.domain in domains]
    if unknown := [name for name in domains if name not in {each.domain for each in proposals}]:
        known = ", ".join(each.domain for each in proposals)
        raise ToolError(f"no domain {', '.join(unknown)} would be proposed", hint=f"there are: {known}")
    texts = {specs / f"{each.domain}.yaml": _checked(each, root, specs) for each in wanted}
    if dry_run:
        click.echo("\n".join(texts.values()), nl=False)
        ctx.exit(DONE)
    _write(texts, root, start)
    _report_rest(kinds.of_any, start)


def _questions(project: SourceProject, kinds: tuple[Kind, ...]) -> tuple[Question, ...]:
    found: dict[str, Question] = {}
    for kind in kinds:
        columns = project.tables.columns(kind.model)
        status = next((name for name in columns if name in STATES), None)
        if status is None:
            raise ToolError(f"the model {kind.model.name} has no column for the status")
        metadata = next((name for name in columns if name in METADATA), None)
        found[kind.table] = Question(kind.table, kind.type_column, status, metadata)
    return tuple(found.values())


def _proposals(
    project: SourceProject, kinds: tuple[Kind, ...], rows: Rows, is_taken: Callable[[str], bool]
) -> list[Proposal]:
    """One for each kind of the code, and one for each that only rows tell of."""
    known = {(kind.table, kind.task_type) for kind in kinds}
    of_rows = [
        Kind(model.model, table, type_column(project, model.model), task_type)
        for table, task_type in rows
        if (table, task_type) not in known
        for model in [next(kind for kind in kinds if kind.table == table)]
    ]
    made: list[Proposal] = []
    for kind in (*kinds, *of_rows):
        names = {each.domain for each in made}
        found: KindRows | None = rows.get((kind.table, kind.task_type)) if rows else None
        if rows and found is None:
            found = KindRows()
        made.append(proposal(project, kind, found, partial(_is_used, names, is_taken)))
    return made


def _is_used(names: set[str], by_project: Callable[[str], bool], name: str) -> bool:
    return name in names or by_project(name)


def _taken(root: Path, settings: Settings, specs: Path) -> Callable[[str], bool]:
    """Whether a domain's modules would lie where the project has files of its own."""
    try:
        project = detect_project(root, settings, tables=False)
    except (ToolError, ToolErrors):
        return lambda _: False  # `generate` will say what is missing
    folders = {
        root / path.replace("{domain}", "")
        for path in (
            *(project.paths.models, project.paths.schemas, project.paths.crud),
            *(project.paths.services, project.paths.tasks),
        )
    }

    def is_taken(name: str) -> bool:
        is_ours = (specs / f"{name}.yaml").exists()
        return not is_ours and any((each / f"{name}.py").exists() for each in folders)

    return is_taken


def _checked(made: Proposal, root: Path, specs: Path) -> str:
    schema = os.path.relpath(root / SCHEMA_FILE, specs).replace(os.sep, "/")
    text = spec_text(made, root=root, schema=schema)
    parse_spec(SpecSource.of(specs / f"{made.domain}.yaml", text))
    return text


def _write(texts: dict[Path, str], root: Path, start: Path) -> None:
    new = {path: text for path, text in texts.items() if not path.exists()}
    create_files(new, refresh={root / SCHEMA_FILE: schema_text()})
    for path, text in texts.items():
        questions = text.count("# ? ")
        asked = f"  ({questions} questions)" if questions and path in new else ""
        click.echo(f"{'wrote' if path in new else 'kept '} {shown(path, start)}{asked}")
    click.echo("next: answer the questions (`# ?`), then run: trackwright generate")


def _report_rest(sightings: tuple[Sighting, ...], start: Path) -> None:
    for each in sightings:
        name = each.scope.qualname or "the module"
        place = f"{shown(each.location.path, start)}:{each.location.row}"
        click.echo(f"note: {place}: {name} reads rows of any kind: no spec says what becomes of it", err=True)
