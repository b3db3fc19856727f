"""What a run depends on: the files it parsed, and the patterns for which it searched the bytes of all others."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Footprint:
    """A file that was not parsed and matches no pattern has no say in the result but for its own syntax."""

    parsed: frozenset[Path]
    patterns: tuple[re.Pattern[bytes], ...]

    def is_touched_by(self, path: Path, data: bytes) -> bool:
        """True if a file's new bytes may change what the run found."""
        return path in self.parsed or any(pattern.search(data) for pattern in self.patterns)


NOTHING = Footprint(frozenset(), ())
