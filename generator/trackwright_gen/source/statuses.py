"""The words by which projects call the statuses of work, and the standard status that each means."""

import re

STATUSES = frozenset({"PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"})
STARTED = "PROCESSING"
ENDED = frozenset({"COMPLETED", "FAILED"})
SOME_END = "ENDED"
"""What a time of end says: over, well or not."""

_WORDS = {
    "PROCESSING": ("RUNNING", "STARTED", "IN_PROGRESS", "INPROGRESS", "PROGRESS", "ACTIVE", "EXECUTING", "WORKING"),
    "COMPLETED": ("COMPLETE", "DONE", "FINISHED", "SUCCESS", "SUCCESSFUL", "SUCCEEDED"),
    "FAILED": ("FAIL", "FAILURE", "ERROR", "ERRORED", "EXCEPTION"),
    "CANCELLED": ("CANCELED", "REVOKED", "ABORTED"),
}  # fmt: skip
_MEANT = {word: status for status, words in _WORDS.items() for word in (status, *words)}
_LAST = re.compile(r"(?:.*_)?(" + "|".join(sorted(_MEANT, key=len, reverse=True)) + r")")


def status_of_text(text: str) -> str | None:
    """The standard status that a stored text means: `in progress`, `SUCCESS`."""
    return _MEANT.get(re.sub(r"[\s-]+", "_", text.strip()).upper())


def status_of_constant(name: str) -> str | None:
    """The standard status that a constant's name ends in: `JOB_STATUS_IN_PROGRESS`, `Running`."""
    if not name[:1].isupper():
        return None
    found = _LAST.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper())
    return _MEANT[found[1]] if found else None
