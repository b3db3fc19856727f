"""A place in a text file, as every message of the tool names it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span in a file. Rows and columns are 1-based; the end is exclusive."""

    path: Path
    row: int = 1
    column: int = 1
    end_row: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.row}:{self.column}"
