"""How far a parent is, by its children."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from trackwright.dependencies import statements
from trackwright.dependencies.references import Link
from trackwright.status import TrackingStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """A parent's children by status; `pruned` ones had finished and are gone."""

    by_status: Mapping[TrackingStatus, int]
    pruned: int = 0

    @property
    def total(self) -> int:
        """All children there ever were."""
        return sum(self.by_status.values()) + self.pruned

    @property
    def finished(self) -> int:
        """Those that will not run again: COMPLETED, FAILED, CANCELLED, pruned."""
        active = self.by_status[TrackingStatus.PENDING] + self.by_status[TrackingStatus.PROCESSING]
        return self.total - active

    @property
    def fraction(self) -> float:
        """Finished of total, 0.0 to 1.0; 1.0 without children."""
        return self.finished / self.total if self.total else 1.0


def progress(connection: Connection, children: Iterable[Link]) -> Progress:
    """Count children by status: a statement for some hundred of each table."""
    by_table: dict[str, dict[int, None]] = defaultdict(dict)
    for link in children:
        by_table[link.table][link.tracking_id] = None
    found: Counter[str] = Counter()
    for table, rows in by_table.items():
        for batch in statements.batches(rows):
            for row in connection.execute(statements.count_by_status(table), batch):
                found[row.status] += row.rows
    total = sum(len(rows) for rows in by_table.values())
    return Progress({status: found[status] for status in TrackingStatus}, total - found.total())
