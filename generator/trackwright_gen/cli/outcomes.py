"""What becomes of each file of one domain: generated before x generated now x what the user has."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.merge.decide import MergeFiles, Versions, decide, decide_moved
from trackwright_gen.merge.outcome import Outcome
from trackwright_gen.merge.record import Record
from trackwright_gen.merge.renames import renamed


def outcomes_of(
    root: Path, record: Record, rendered: Mapping[str, str], merge: MergeFiles
) -> Iterator[Outcome]:
    """Decide each file of a domain, those generated no more included."""
    moved = _moved(root, record, rendered)
    left = {path: text for path, text in record.base.items() if path not in moved.values()}
    for path, new in rendered.items():
        old = moved.get(path)
        if old is None:
            versions = Versions(left.get(path), new, read_text(root / path))
            yield decide(root / path, versions, merge)
        else:
            versions = Versions(record.base[old], new, read_text(root / old))
            yield from decide_moved(root / old, root / path, versions, merge)
    for path, base in left.items():
        if path not in rendered:
            yield decide(root / path, Versions(base, None, read_text(root / path)), merge)


def _moved(root: Path, record: Record, rendered: Mapping[str, str]) -> dict[str, str]:
    """New path -> old path. Where somebody's file is in the way, nothing moves."""
    gone = {path: text for path, text in record.base.items() if path not in rendered}
    fresh = {path: text for path, text in rendered.items() if path not in record.base}
    if not gone or not fresh:
        return {}
    return {new: old for new, old in renamed(gone, fresh).items() if not (root / new).exists()}


def read_text(path: Path) -> str | None:
    """A file's text with its newlines as they are; None where there is none.

    Raises:
        ToolError: it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(f"cannot be read: {error}", at=Location(path)) from error
