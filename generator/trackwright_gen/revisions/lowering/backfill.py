"""Rows that are there get a new value some at a time, each batch committed: nobody waits longer than for one."""

from trackwright_gen.plan.table import Column, Table
from trackwright_gen.revisions.lowering.step import Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.spec.sql import quoted

BATCH = 5000
"""Rows per batch: their locks are held for some tens of milliseconds."""
# Names that no column has: PL/pgSQL refuses those that could be either.
_LOOP = """\
DO {tag}
DECLARE
    tw_done bigint := -9223372036854775808;
    tw_upto bigint;
BEGIN
    LOOP
        SELECT max(id) INTO tw_upto FROM (
            SELECT id FROM {table} WHERE id > tw_done ORDER BY id LIMIT {batch}
        ) AS batch;
        EXIT WHEN tw_upto IS NULL;
        UPDATE {table} SET {changes}
        WHERE id > tw_done AND id <= tw_upto AND {condition};
        COMMIT;
        tw_done := tw_upto;
    END LOOP;
END
{tag}"""


def filled(column: Column, table: Table) -> Step:
    """Give the column's default to rows without a value; what was done stays done if it is stopped."""
    name = quoted(column.name)
    loop = in_batches(table, f"{name} = {column.server_default}", f"{name} IS NULL")
    return Step(Phase.FILL, up=(SqlOp(loop),))


def in_batches(table: Table, changes: str, condition: str) -> str:
    """SQL: update the rows of a condition, each batch committed."""
    tag = "$fill$"
    while tag in changes + condition:
        tag = f"{tag[:-1]}_$"
    return _LOOP.format(tag=tag, table=table.sql_name, changes=changes, condition=condition, batch=BATCH)


def filled_at_once(column: Column, table: Table) -> SqlOp:
    """The same for a database that one writer has to itself anyway."""
    name = quoted(column.name)
    change = f"{table.sql_name} SET {name} = {column.server_default}"
    return SqlOp(f"UPDATE {change} WHERE {name} IS NULL")
