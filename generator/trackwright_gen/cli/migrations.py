"""From a domain's plan and its snapshot to the revisions that a run would write."""

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.merge.record import Record
from trackwright_gen.plan.adoption import Adoption
from trackwright_gen.plan.planner import DomainPlan
from trackwright_gen.plan.table_of import field_uses
from trackwright_gen.project.model import Project
from trackwright_gen.revisions import ColumnChangeError, Revision, read_snapshot, snapshot_text
from trackwright_gen.spec.loader import LoadedSpec


def planned_revisions(
    plan: DomainPlan,
    loaded: LoadedSpec,
    project: Project,
    record: Record,
    *,
    parent: str | None,
    adoption: Adoption | None = None,
) -> tuple[Revision, ...]:
    """Plan a domain's revisions.

    Raises:
        ToolErrors: changes that the spec does not allow, each at its field.
        ToolError: Alembic's folder or the snapshot is not as it should be.
    """
    if _is_as_recorded(plan, record):
        return ()
    # It brings SQLAlchemy and Alembic: half a second, which only a changed table is worth.
    from trackwright_gen.revisions.plan import plan_revisions

    spec = plan.spec
    fields = {use.column: use for use in field_uses(spec, plan.names)}
    old = read_snapshot(record.snapshot) if record.snapshot.is_file() else None
    try:
        return plan_revisions(
            *(spec.domain, old, plan.table, project.alembic),
            parent=parent,
            renamed={
                column: use.spec.renamed_from for column, use in fields.items() if use.spec.renamed_from
            },
            allow_drop=spec.allow_drop,
            allow_rewrite=spec.allow_rewrite,
            adoption=adoption,
        )
    except ToolErrors as error:
        names = {column: use.name for column, use in fields.items()}
        raise ToolErrors([_placed(one, loaded, names) for one in error.errors]) from None


def _is_as_recorded(plan: DomainPlan, record: Record) -> bool:
    """Whether the snapshot is, byte for byte, that of the planned table; any other goes the long way."""
    try:
        return record.snapshot.read_text(encoding="utf-8") == snapshot_text(plan.table)
    except (OSError, UnicodeDecodeError):
        return False


def _placed(error: ToolError, loaded: LoadedSpec, names: dict[str, str]) -> ToolError:
    if not isinstance(error, ColumnChangeError):
        return error
    adopted = error.column not in names and loaded.spec.adopt is not None
    path = ("adopt", "table") if adopted else ("fields", names.get(error.column, ""))
    return loaded.places.error(path, error.message, hint=error.hint, side="key")
