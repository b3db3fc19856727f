"""One revision to be written, and what it endangers: data that nothing heavy is needed for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

HazardKind: TypeAlias = Literal["data loss", "rewrite", "backfill", "may fail", "running code"]


@dataclass(frozen=True, slots=True)
class Hazard:
    """One thing to know before the revision runs on a table that is in use."""

    kind: HazardKind
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision file to be written; `sql` is what its upgrade does on PostgreSQL.

    The hazards of a change that takes several revisions are those of the first.
    """

    path: Path
    text: str
    revision: str
    down_revision: str | None
    message: str
    sql: str
    hazards: tuple[Hazard, ...] = ()
