"""NOT NULL in three steps: new rows must have a value, rows without one get it, and then the column says so.

PostgreSQL reads the whole table under a lock for SET NOT NULL, unless a validated CHECK says the same.
"""

from collections.abc import Iterator

from trackwright_gen.plan.table import Column, Table
from trackwright_gen.revisions.lowering.backfill import filled
from trackwright_gen.revisions.lowering.constraints import validate
from trackwright_gen.revisions.lowering.step import Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.spec.naming import fitted
from trackwright_gen.spec.sql import quoted


def tightened(column: Column, table: Table) -> Iterator[Step]:
    """Make a column that is nullable required, its default for the rows that have none."""
    change, name = f"ALTER TABLE {quoted(table.name)}", quoted(column.name)
    check = fitted(f"ck_{table.name}_{column.name}_not_null")
    forget = f"{change} DROP CONSTRAINT {quoted(check)}"
    hold = f"{change} ADD CONSTRAINT {quoted(check)} CHECK ({name} IS NOT NULL) NOT VALID"
    # The constraint is gone again once the last of the revisions is through.
    give_up = f"{change} DROP CONSTRAINT IF EXISTS {quoted(check)}"
    yield Step(Phase.CHANGE, up=(SqlOp(hold),), down=(SqlOp(give_up),))
    if column.server_default is not None:
        yield filled(column, table)
    yield Step(Phase.VALIDATE, up=(validate(table.name, check),))
    required = SqlOp(f"{change} ALTER COLUMN {name} SET NOT NULL")
    nullable = SqlOp(f"{change} ALTER COLUMN {name} DROP NOT NULL")
    # Not where it is validated: the lock would be held while other constraints are.
    yield Step(Phase.FINISH, up=(required, SqlOp(forget)), down=(nullable,))
