"""Tables as Alembic revisions: what changed between two of them, rendered offline, chained to the project's head."""

from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.hazards import Hazard
from trackwright_gen.revisions.plan import Revision, plan_revisions
from trackwright_gen.revisions.snapshot import read_snapshot, snapshot_text

__all__ = ["ColumnChangeError", "Hazard", "Revision", "plan_revisions", "read_snapshot", "snapshot_text"]
