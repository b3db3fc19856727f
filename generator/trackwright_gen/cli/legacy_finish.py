"""`trackwright legacy finish`: the revision that takes legacy rows away, once all have arrived."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Connection, MetaData, Table, exists, func, select

from trackwright.jobs.database import Database
from trackwright.legacy import has_links
from trackwright.maintenance.commands.legacy_data import moves
from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    domain_option,
    folder_option,
    load,
)
from trackwright.maintenance.legacy import Move, Verification, verify
from trackwright_gen.cli.exit_codes import DONE, FINDINGS
from trackwright_gen.cli.source_options import sources_of
from trackwright_gen.codemods.kinds import legacy_kinds
from trackwright_gen.codemods.retiring import model_of_table, uses_left, without_model
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.detect import detect_project
from trackwright_gen.report.text import shown
from trackwright_gen.revisions.legacy_rows import LegacyTable, plan_legacy_removal
from trackwright_gen.revisions.revision import Revision
from trackwright_gen.source.encoded_text import decoded, encoding_of
from trackwright_gen.source.project import SourceProject
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes

_Verified = list[tuple[Database, Move, Verification]]


@click.command("finish")
@app_option
@folder_option
@domain_option
@click.option("--accept-refused", is_flag=True, help="Although rows are in the report of refused ones.")
@click.option("--accept-gone", is_flag=True, help="Although tracking rows are gone: pruned, for example.")
@click.option(
    "--keep-links", is_flag=True, help="Keep the table of old ids, by which `get_by_any_id` finds rows."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    app_name: str | None,
    folder: Path,
    names: tuple[str, ...],
    accept_refused: bool,
    accept_gone: bool,
    keep_links: bool,
    dry_run: bool,
) -> None:
    """Write the Alembic revision that removes legacy rows, or their table when no other rows are left in it.

    Only after every row has arrived, which is verified here, and when no code uses the rows any more. The revision
    looks again before it removes anything. A model that has lost its table goes from the code, and with the last
    table the links that old ids are looked up by.
    """
    start = folder.resolve()
    loaded = find_settings(start)
    root = loaded.source.parent if loaded.source else start
    domains = load(app_name, folder, names).domains
    with database_errors("the rows could not be compared"):
        verified = [(base, move, base.read(partial(verify, move))) for base, move in moves(domains)]
    missing = [
        one
        for _, _, one in verified
        if not one.passed(accept_refused=accept_refused, accept_gone=accept_gone)
    ]
    if missing:
        _refuse(missing)
        ctx.exit(FINDINGS)
    with database_errors("the legacy tables could not be read"):
        tables = tuple(_tables(verified))
    project = sources_of((), root).read({})
    _refuse_uses(project, tables, start)
    home = detect_project(root, loaded.settings, tables=False).alembic
    links_go = not keep_links and all(one.goes for one in tables) and not _other_sources(verified, tables)
    revisions = plan_legacy_removal(tables, home, verified[0][1].links, links_go=links_go)
    changes = [*_revisions(revisions), *_models(project, tables)]
    if not dry_run:
        apply_changes(changes)
    _report(revisions, changes, start, written=not dry_run)
    ctx.exit(DONE)


def _refuse(missing: Sequence[Verification]) -> None:
    for one in missing:
        counts = {
            "not copied": one.not_copied,
            "refused": one.refused,
            "changed since": one.stale,
            "gone": one.gone,
            "different days": len(one.differences),
        }
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        click.echo(f"trackwright: {one.source} -> {one.domain} has not arrived: {told}", err=True)
    click.echo(
        "  hint: run `trackwright legacy data`, then `trackwright legacy verify`; nothing was written",
        err=True,
    )


def _tables(verified: _Verified) -> Iterator[LegacyTable]:
    """The legacy tables of verified moves, each once."""
    by_name: dict[str, _Verified] = {}
    for each in verified:
        by_name.setdefault(each[1].name, []).append(each)
    for name, parts in by_name.items():
        database, first, _ = parts[0]
        domains = [move.domain for _, move, _ in parts]
        table = database.read(partial(_reflected, first))
        others = database.read(partial(_others, first, domains))
        yield LegacyTable(
            table=table,
            name=name,
            kinds=tuple((move.domain, move.kind) for _, move, _ in parts),
            goes=others == 0,
        )


def _reflected(move: Move, connection: Connection) -> Table:
    source = move.source.element
    table = Table(source.name, MetaData(), schema=source.schema, autoload_with=connection, resolve_fks=False)
    for column in table.primary_key:
        # Its sequence goes with the table: created anew, the column brings its own.
        if column.server_default is not None and "nextval" in str(getattr(column.server_default, "arg", "")):
            column.server_default = None
    return table


def _others(move: Move, domains: list[str], connection: Connection) -> int:
    """Rows of the table that are no row of these domains."""
    rows = select(func.count()).select_from(move.source)
    if has_links(connection, move.links.schema):
        links = move.links.c
        known = exists().where(
            links.source == move.name, links.domain.in_(domains), links.source_id == move.key_text
        )
        rows = rows.where(~known)
    found: int = connection.execute(rows).scalar_one()
    return found


def _other_sources(verified: _Verified, tables: Sequence[LegacyTable]) -> set[str]:
    """Legacy tables that the links know and that are not among those that go."""
    database, move, _ = verified[0]
    with database_errors("the links could not be read"):
        known = database.read(
            lambda connection: (
                list(connection.execute(select(move.links.c.source).distinct()).scalars())
                if has_links(connection, move.links.schema)
                else []
            )
        )
    return set(known) - {one.name for one in tables}


def _refuse_uses(project: SourceProject, tables: Sequence[LegacyTable], start: Path) -> None:
    """Refuse while code has to do with the rows.

    Raises:
        ToolError: it has.
    """
    kinds = legacy_kinds(project)
    for one in tables:
        model = model_of_table(project, one.table.name)
        if model is None:
            continue
        types = None if one.goes else frozenset(kind[1] for _, kind in one.kinds if kind is not None)
        if left := uses_left(kinds, model, types):
            places = ", ".join(f"{shown(each.path, start)}:{each.row}" for each in left[:5])
            raise ToolError(
                f"code still uses rows of {one.name}: {places}",
                hint="run `trackwright legacy task --all`, and rewrite by hand what it leaves alone",
            )


def _revisions(revisions: Sequence[Revision]) -> Iterator[Change]:
    for one in revisions:
        yield Change(one.path, None, one.text.encode())


def _models(project: SourceProject, tables: Sequence[LegacyTable]) -> list[Change]:
    texts: dict[Path, str] = {}

    def read(path: Path) -> str:
        return texts[path] if path in texts else decoded(_bytes(path))

    for one in tables:
        model = model_of_table(project, one.table.name) if one.goes else None
        if model is not None:
            texts |= without_model(project, model, read)
    return [
        Change(path, _bytes(path), text.encode(encoding_of(_bytes(path))))
        for path, text in sorted(texts.items())
    ]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"cannot be read: {error.strerror}", at=Location(path)) from error


def _report(revisions: Sequence[Revision], changes: Sequence[Change], start: Path, *, written: bool) -> None:
    for one in revisions:
        click.echo(f"{'wrote' if written else 'would write'} {shown(one.path, start)}  {one.message}")
        for hazard in one.hazards:
            click.echo(f"  {hazard}")
    for change in changes:
        if change.before is not None:
            click.echo(
                f"{'edited' if written else 'would edit'} {shown(change.path, start)}  without the model"
            )
    click.echo("next: read the migration, then run: alembic upgrade head")
