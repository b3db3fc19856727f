"""Domains whose table somebody made by hand: what it was before, and the view that keeps its name."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.merge.record import Record
from trackwright_gen.plan.adoption import Adoption, adoption_of, carried
from trackwright_gen.plan.planner import DomainPlan
from trackwright_gen.plan.table_of import field_uses
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.written import read_written_table
from trackwright_gen.revisions import read_snapshot
from trackwright_gen.revisions.column_names import column_renames
from trackwright_gen.spec.loader import LoadedSpec


def with_old_name(
    plan: DomainPlan, loaded: LoadedSpec, project: Project, record: Record
) -> tuple[DomainPlan, Adoption | None]:
    """The plan with the view that its table has; before its first run, what the table was as well.

    Raises:
        ToolError: the table is not found in the project's source, or the domain had a table of its own already.
        ToolErrors: what the spec says does not fit the table.
    """
    adopt = plan.spec.adopt
    if adopt is None:
        return plan, None
    if record.snapshot.is_file():
        old = read_snapshot(record.snapshot)
        if old.view is None:
            raise loaded.places.error(
                ("adopt",),
                f"the domain {plan.spec.domain!r} has a table of its own already",
                hint="a table is adopted when its domain is first generated: give it a domain of its own",
                side="key",
            )
        wishes = {
            use.column: use.spec.renamed_from
            for use in field_uses(plan.spec, plan.names)
            if use.spec.renamed_from
        }
        view = carried(old.view, column_renames(old, plan.table, wishes), plan.table)
        return replace(plan, table=replace(plan.table, view=view)), None
    tree = SourceTree(project.root, project.source_root)
    written = read_written_table(tree, adopt.table, project.schema)
    if errors := list(_references(tree, adopt.table, plan.names.table, loaded)):
        raise ToolErrors(errors)
    adoption = adoption_of(written, plan, loaded)
    return replace(plan, table=replace(plan.table, view=adoption.view)), adoption


def _references(tree: SourceTree, table: str, new: str, loaded: LoadedSpec) -> Iterator[ToolError]:
    """Foreign keys of other models: they follow the table, which the source does not know yet."""
    for source in tree.mentioning(f"{table}.".encode()):
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="ForeignKey") | ast.Attribute(attr="ForeignKey"),
                    args=[ast.Constant(value=str(target)), *_],
                ) if target.startswith(f"{table}."):
                    column = target.removeprefix(f"{table}.")
                    yield loaded.places.error(
                        ("adopt", "table"),
                        f"{source.at(node)} refers to {target}, which will be a view",
                        hint=f"write ForeignKey({f'{new}.{column}'!r}) there: in the database it follows the table",
                    )
                case _:
                    continue
