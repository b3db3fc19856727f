"""NOT NULL in three steps: rows without a value get it, no row may lack it any more, and then the column says so.

PostgreSQL reads the whole table under a lock for SET NOT NULL, unless a validated CHECK says the same.
That CHECK, validated or not, refuses every UPDATE of a row without a value: it comes after those have got one.
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
    change, name = f"ALTER TABLE {table.sql_name}", quoted(column.name)
    check = fitted(f"ck_{table.name}_{column.name}_not_null")
    hold = SqlOp(f"{change} ADD CONSTRAINT {quoted(check)} CHECK ({name} IS NOT NULL) NOT VALID")
    # The constraint is gone again once the last of the revisions is through, or where one was stopped.
    give_up = SqlOp(f"{change} DROP CONSTRAINT IF EXISTS {quoted(check)}")
    if column.server_default is None:
        yield Step(Phase.CHANGE, up=(hold,), down=(give_up,))
    else:
        first = filled(column, table)
        yield Step(Phase.FILL, up=(*first.up, give_up, hold), down=(give_up,))
        # Those that came without a value before the constraint did.
        yield filled(column, table)
    yield Step(Phase.VALIDATE, up=(validate(table, check),))
    required = SqlOp(f"{change} ALTER COLUMN {name} SET NOT NULL")
    nullable = SqlOp(f"{change} ALTER COLUMN {name} DROP NOT NULL")
    # Not where it is validated: the lock would be held while other constraints are.
    forget = SqlOp(f"{change} DROP CONSTRAINT {quoted(check)}")
    yield Step(Phase.FINISH, up=(required, forget), down=(nullable,))
