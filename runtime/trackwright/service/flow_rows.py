"""From a flow to inserted rows that know what they wait for: in bulk, whatever the number of rows."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from trackwright.dependencies import (
    Flow,
    Link,
    OnFailure,
    Part,
    TaskRef,
    Tracked,
    as_flow,
    connect,
    connection_of,
    find,
    metadata_of,
    reference,
    refresh_held,
    require_one_database,
    send_woken,
)
from trackwright.service.rows import (
    Values,
    checked,
    insert_ready,
    insert_rows,
    is_for_later,
    outgoing,
    send_ready,
)


def create_flow(
    session: Session,
    part: Part,
    *,
    after: Sequence[Tracked],
    on_failure: OnFailure | None,
    parent: Tracked | None,
) -> list[TaskRef]:
    """Insert a flow's rows and connect them with each other and with rows that exist; in the order of the steps.

    Raises:
        MissingPrerequisites: rows of `after`, or the parent, do not exist.
        SeparateDatabases: tables of the flow, or of rows around it, lie in another database.
    """
    flow = as_flow(part)
    if not flow.steps:
        return []
    outside = [reference(row) for row in after]
    above = None if parent is None else reference(parent)
    around_it = outside if above is None else [*outside, above]
    models = dict.fromkeys([one.model for one in flow.steps] + [row.model for row in around_it])
    require_one_database(session, models)
    session.flush()
    connection = connection_of(session, flow.steps[0].model)
    around = find(connection, outside, above)
    known = metadata_of(flow, around, on_failure=on_failure)
    rows = [_row(flow, position, metadata) for position, metadata in enumerate(known)]
    made = _insert(session, flow, rows)
    links = [
        Link(metadata.get("level", 0), ref.table, ref.tracking_id)
        for ref, metadata in zip(made, known, strict=True)
    ]
    settled = connect(connection, flow, links, around)
    send_woken(
        session, settled, {ref: one.task for ref, one in zip(made, flow.steps, strict=True) if one.task}
    )
    refresh_held(session, [(row.table, row.tracking_id) for row in around_it])
    return made


def _row(flow: Flow, position: int, known: Values) -> Values:
    step = flow.steps[position]
    row = checked(step.model, step.fields)
    row = row if step.task is None else outgoing(step.task, row)
    return row | {"metadata": {**row.get("metadata", {}), **known}}


def _kind(flow: Flow, rows: Sequence[Values], position: int) -> tuple[str, bool, bool, tuple[str, ...]]:
    """What rows must share to be inserted by one statement: table, readiness, whether for later, columns."""
    step, row = flow.steps[position], rows[position]
    is_ready = step.task is not None and "waiting_for" not in row["metadata"]
    table = TaskRef(step.model, 0).table
    return table, is_ready, is_ready and is_for_later(row), tuple(sorted(row))


def _insert(session: Session, flow: Flow, rows: Sequence[Values]) -> list[TaskRef]:
    made: dict[int, TaskRef] = {}
    order = sorted(range(len(rows)), key=lambda position: _kind(flow, rows, position))
    for (_, is_ready, _, _), alike in groupby(order, key=lambda position: _kind(flow, rows, position)):
        positions = list(alike)
        model = flow.steps[positions[0]].model
        batch = [rows[position] for position in positions]
        insert = insert_ready if is_ready else insert_rows
        for position, tracking_id in zip(positions, insert(session, model, batch), strict=True):
            made[position] = TaskRef(model, tracking_id)
            task = flow.steps[position].task
            if is_ready and task is not None:
                send_ready(session, task, [(tracking_id, rows[position])])
    return [made[position] for position in range(len(rows))]
