"""A footprint as JSON and back; files by their number, as most stand in it many times."""

import re
from pathlib import Path
from typing import Any

from trackwright_gen.source.footprint import Footprint

Json = dict[str, Any]


def dumped_footprint(footprint: Footprint) -> Json:
    """A footprint as JSON's types."""
    parsed = sorted(footprint.parsed)
    number = {path: position for position, path in enumerate(parsed)}
    return {
        "parsed": [str(path) for path in parsed],
        "patterns": [[each.pattern.decode("latin-1"), each.flags] for each in footprint.patterns],
        "crossed": [
            [number[path], [number[other] for other in sorted(others)]]
            for path, others in footprint.crossed.items()
        ],
        "jobs_in": [[number[path], jobs] for path, jobs in footprint.jobs_in.items()],
        "for_all": [number[path] for path in footprint.for_all],
        "names": sorted(footprint.names),
    }


def restored_footprint(content: Json) -> Footprint:
    """A footprint from JSON's types.

    Raises:
        KeyError, TypeError, ValueError, IndexError, re.error: it is none.
    """
    parsed = [Path(each) for each in content["parsed"]]
    return Footprint(
        frozenset(parsed),
        tuple(re.compile(text.encode("latin-1"), flags) for text, flags in content["patterns"]),
        {parsed[one]: frozenset(parsed[other] for other in others) for one, others in content["crossed"]},
        {parsed[path]: str(jobs) for path, jobs in content["jobs_in"]},
        frozenset(parsed[path] for path in content["for_all"]),
        frozenset(map(str, content["names"])),
    )
