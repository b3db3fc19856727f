"""What changes only what something is called or what is said of it: a moment in the catalog."""

from trackwright_gen.plan.table import Index, Table
from trackwright_gen.revisions.difference import Constraint
from trackwright_gen.revisions.lowering.step import Phase, Step
from trackwright_gen.revisions.operations import RenameColumnOp
from trackwright_gen.revisions.steps import Steps


def column_renamed(old: str, new: str, table: Table) -> Step:
    """RENAME COLUMN."""
    return Step(
        Phase.CHANGE,
        up=(RenameColumnOp(table.name, old, schema=table.schema, modify_name=new),),
        down=(RenameColumnOp(table.name, new, schema=table.schema, modify_name=old),),
    )


def element_renamed(old: Constraint | Index, new: Constraint | Index, steps: Steps) -> Step:
    """RENAME a constraint or an index."""
    return Step(
        Phase.CHANGE,
        up=(steps.rename_in_catalog(old, new.name),),
        down=(steps.rename_in_catalog(new, old.name),),
    )


def comment_changed(old: str | None, new: str | None, steps: Steps) -> Step:
    """COMMENT ON TABLE."""
    return Step(
        Phase.CHANGE,
        up=(steps.set_comment(old, new),),
        down=(steps.set_comment(new, old),),
    )
