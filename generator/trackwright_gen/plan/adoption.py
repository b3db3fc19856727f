"""A hand-written table and the spec that adopts it -> the table as it was, and the view that keeps its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.plan.adopted_words import status_words, with_checked_words
from trackwright_gen.plan.planner import DomainPlan
from trackwright_gen.plan.table import Column, ForeignKey, Index, Table, Unique, View, ViewColumn
from trackwright_gen.plan.table_of import field_uses
from trackwright_gen.project.written import WrittenColumn, WrittenTable
from trackwright_gen.spec.loader import LoadedSpec
from trackwright_gen.spec.model import AdoptSpec
from trackwright_gen.spec.nearest import did_you_mean

_KEYS = frozenset({"Integer", "INTEGER", "BigInteger", "BIGINT", "SmallInteger", "SMALLINT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What a table was before it became a domain's.

    Attributes:
        table: under its old name, its columns under their old names.
        renames: old column -> new column, those that change.
        view: what keeps the old name alive.
        is_serial: whether its key counts by a sequence of its own, not by an identity.
    """

    table: Table
    renames: Mapping[str, str]
    view: View
    is_serial: bool


def adoption_of(written: WrittenTable, plan: DomainPlan, loaded: LoadedSpec) -> Adoption:
    """Bring together what the source says of the table and what the spec makes of it.

    Raises:
        ToolErrors: what the spec says does not fit the table; all of it, each at its place.
    """
    adopt = plan.spec.adopt or AdoptSpec(table=written.name)
    columns = {use.name: use.column for use in field_uses(plan.spec, plan.names)}
    renames = {old: columns.get(new, new) for old, new in adopt.rename.items()}
    renames = {old: new for old, new in renames.items() if old != new}
    errors = [*_rename_errors(written, renames, loaded), *_base_errors(written, renames, loaded)]
    if written.schema not in {None, plan.table.schema}:
        message = f"{written.name} lies in the schema {written.schema!r}, and tracking tables do not"
        errors.append(
            loaded.places.error(("adopt", "table"), message, hint="move it first, or copy it (`legacy:`)")
        )
    if errors:
        raise ToolErrors(errors)
    status = with_checked_words(
        next(one for one in written.columns if renames.get(one.name, one.name) == "status"), written.checks
    )
    words, shown = status_words(status, adopt.status, loaded)
    return Adoption(
        table=_old_table(written, renames, plan.table),
        renames=renames,
        view=View(
            name=written.name,
            columns=tuple(_view_columns(written, renames, plan.table)),
            words=words,
            shown=shown,
        ),
        is_serial=not any(one.identity for one in written.columns if one.primary_key),
    )


def _rename_errors(
    written: WrittenTable, renames: Mapping[str, str], loaded: LoadedSpec
) -> Iterator[ToolError]:
    present = [one.name for one in written.columns]
    heirs: dict[str, str] = {}
    for old, new in renames.items():
        place = ("adopt", "rename", old)
        if old not in present:
            yield loaded.places.error(
                place, f"{written.name} has no column {old!r}", hint=did_you_mean(old, present), side="key"
            )
        elif new in present and new not in renames:
            yield loaded.places.error(
                place,
                f"{written.name} has a column {new!r} already",
                hint=f"rename that one too, or leave {old!r} a field of its own",
            )
        elif heirs.setdefault(new, old) != old:
            yield loaded.places.error(place, f"{heirs[new]!r} becomes {new!r} already")


def _base_errors(
    written: WrittenTable, renames: Mapping[str, str], loaded: LoadedSpec
) -> Iterator[ToolError]:
    keys = [one for one in written.columns if one.primary_key]
    if [renames.get(one.name, one.name) for one in keys] != ["id"] or keys[0].type.name not in _KEYS:
        yield loaded.places.error(
            ("adopt", "table"),
            f"the key of {written.name} is no integer that is, or becomes, `id`",
            hint="a tracking table counts its rows: copy such a table instead (`legacy:`)",
        )
    if not any(renames.get(one.name, one.name) == "status" for one in written.columns):
        yield loaded.places.error(
            ("adopt", "table"),
            f"no column of {written.name} is, or becomes, `status`",
            hint="say which one it is: adopt: {rename: {state: status}}",
        )


def _old_table(written: WrittenTable, renames: Mapping[str, str], new: Table) -> Table:
    return Table(
        name=written.name,
        columns=tuple(_old_column(one) for one in written.columns),
        foreign_keys=tuple(_old_keys(written, renames, new)),
        uniques=tuple(_old_unique(written.name, columns, renames, new) for columns in written.uniques),
        indexes=tuple(
            Index(name=one.name, columns=one.columns, unique=one.unique, where=one.where)
            for one in written.indexes
        ),
        comment=written.comment,
        schema=new.schema,
    )


def _old_column(written: WrittenColumn) -> Column:
    return Column(
        name=written.name,
        attribute=written.name,
        type=written.type,
        nullable=written.nullable,
        server_default=written.server_default,
        # That it counts by itself is brought about when it is taken over.
        identity=written.primary_key,
        primary_key=written.primary_key,
        comment=written.comment,
    )


def _old_keys(written: WrittenTable, renames: Mapping[str, str], new: Table) -> Iterator[ForeignKey]:
    """Foreign keys; one that the spec has too goes by the new name, which it gets first of all."""
    for one in written.columns:
        if one.references is None:
            continue
        table, _, column = one.references.rpartition(".")
        if table in {written.name, new.name}:
            # It follows the table, and its columns' names theirs.
            table, column = new.name, renames.get(column, column)
        target = (renames.get(one.name, one.name), table, column)
        twin = next(
            (key for key in new.foreign_keys if (key.column, key.target_table, key.target_column) == target),
            None,
        )
        yield ForeignKey(
            name=twin.name if twin else f"{written.name}_{one.name}_fkey",
            column=one.name,
            target_table=table,
            target_column=column,
            on_delete=one.on_delete,
        )


def _old_unique(table: str, columns: tuple[str, ...], renames: Mapping[str, str], new: Table) -> Unique:
    become = tuple(renames.get(name, name) for name in columns)
    twin = next((one for one in new.uniques if one.columns == become), None)
    return Unique(name=twin.name if twin else f"{table}_{'_'.join(columns)}_key", columns=columns)


def _view_columns(written: WrittenTable, renames: Mapping[str, str], new: Table) -> Iterator[ViewColumn]:
    kept = {column.name for column in new.columns}
    for one in written.columns:
        column = renames.get(one.name, one.name)
        if column in kept:
            yield ViewColumn(
                name=one.name,
                column=column,
                type=one.type,
                nullable=one.nullable,
                primary_key=one.primary_key,
            )


def carried(view: View, renames: Mapping[str, str], new: Table) -> View:
    """The view of an adopted table over the table as it shall be: columns follow renames, gone ones go."""
    kept = {column.name for column in new.columns}
    followed = [(one, renames.get(one.column, one.column)) for one in view.columns]
    return View(
        name=view.name,
        columns=tuple(
            ViewColumn(
                name=one.name,
                column=column,
                type=one.type,
                nullable=one.nullable,
                primary_key=one.primary_key,
            )
            for one, column in followed
            if column in kept
        ),
        words=view.words,
        shown=view.shown,
    )
