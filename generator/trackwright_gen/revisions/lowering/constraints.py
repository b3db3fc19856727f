"""Constraints that hold for new rows at once, and for those that are there after a look that locks nobody out."""

from collections.abc import Iterator
from typing import Any, assert_never

from sqlalchemy import Index

from trackwright_gen.plan.table import Check, ForeignKey, Table, Unique
from trackwright_gen.revisions.lowering import indexes
from trackwright_gen.revisions.lowering.step import Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.revisions.steps import Steps
from trackwright_gen.spec.sql import quoted


def added(
    constraint: Check | ForeignKey | Unique, steps: Steps, *, needs_key: bool = False
) -> Iterator[Step]:
    """NOT VALID, then VALIDATE; a unique one by way of its index, and what needs that one as its key after it."""
    drop = steps.back.drop_constraint(constraint.name)
    match constraint:
        case Unique():
            yield indexes.added(_index_of(steps.after(constraint.name)))
            name = quoted(constraint.name)
            using = f"ALTER TABLE {steps.new.sql_name} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
            yield Step(Phase.FINISH, up=(SqlOp(using),), down=(drop,))
        case Check() | ForeignKey():
            there, look = (Phase.FINISH, Phase.CONFIRM) if needs_key else (Phase.CHANGE, Phase.VALIDATE)
            yield Step(there, up=(steps.add_constraint(constraint.name, validated=False),), down=(drop,))
            yield Step(look, up=(validate(steps.new, constraint.name),))
        case _:
            assert_never(constraint)


def dropped(constraint: Check | ForeignKey | Unique, phase: Phase, steps: Steps) -> Step:
    """Drop a constraint, which takes a moment; going back checks every row."""
    return Step(
        phase,
        up=(steps.drop_constraint(constraint.name),),
        down=(steps.back.add_constraint(constraint.name),),
    )


def validate(table: Table, constraint: str) -> SqlOp:
    """VALIDATE CONSTRAINT."""
    return SqlOp(f"ALTER TABLE {table.sql_name} VALIDATE CONSTRAINT {quoted(constraint)}")


def _index_of(unique: Any) -> Index:
    return Index(unique.name, *unique.columns, unique=True)
