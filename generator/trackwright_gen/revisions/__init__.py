"""Tables as Alembic revisions: what changed between two of them, rendered offline, chained to the project's head.

`plan` is left out here: it brings SQLAlchemy and Alembic, which a run without a changed table does not need.
"""

from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.revision import Hazard, Revision
from trackwright_gen.revisions.snapshot import read_snapshot, snapshot_text

__all__ = ["ColumnChangeError", "Hazard", "Revision", "read_snapshot", "snapshot_text"]
