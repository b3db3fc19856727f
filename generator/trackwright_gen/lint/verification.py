"""The tasks that a loaded app has registered, against those that reading found: what either side misses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.rule import DOCS
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Job

UNREAD, UNREGISTERED = ("TW003", "unread-task"), ("TW004", "unregistered-task")


@dataclass(frozen=True, slots=True)
class Registered:
    """A task of a loaded app, and where its function or class stands; `file` is None for what has no source."""

    name: str
    file: Path | None
    row: int


def differences(
    jobs: Iterable[Job], registered: Iterable[Registered], app: str, known: Iterable[Path]
) -> tuple[Diagnostic, ...]:
    """What one side has and the other misses; tasks of other packages than the project are no concern."""
    read = [job for job in jobs if job.framework == "celery"]
    files = frozenset(known)
    there = [each for each in registered if each.file in files]
    found = (*_unread(read, there), *_unregistered(read, there, app))
    return tuple(sorted(found, key=lambda each: (each.location, each.code)))


def _unread(read: list[Job], there: Iterable[Registered]) -> Iterator[Diagnostic]:
    names = {job.name for job in read}
    for each in there:
        if each.name in names:
            continue
        job = next((job for job in read if _is_same(job, each)), None)
        message = (
            f"Celery task `{each.name}` is registered, but reading the source did not find it"
            if job is None
            else f"Celery task `{each.name}` goes by the name `{job.name}` where the source is read"
        )
        place = Location(each.file, each.row) if job is None and each.file else (job or read[0]).location
        yield _diagnostic(UNREAD, message, place, each.name)


def _unregistered(read: Iterable[Job], there: list[Registered], app: str) -> Iterator[Diagnostic]:
    names = {each.name for each in there}
    for job in read:
        if job.name not in names and not any(_is_same(job, each) for each in there):
            message = (
                f"`{app}` does not register Celery task `{job.name}`: "
                "nothing imports its module there, or it belongs to another app"
            )
            yield _diagnostic(UNREGISTERED, message, job.location, job.name)


def _is_same(job: Job, other: Registered) -> bool:
    """True for the same place: the row of the definition, or of a decorator above it."""
    body = job.declaration.body
    node = body.node if body is not None else job.declaration.node
    first, last = job.span
    rows = range(min(first, getattr(node, "lineno", first)), max(last, getattr(node, "lineno", last)) + 1)
    path = body.module.path if body is not None else job.location.path
    return other.file == path and other.row in rows


def _diagnostic(kind: tuple[str, str], message: str, place: Location, task: str) -> Diagnostic:
    code, name = kind
    return Diagnostic(code=code, name=name, message=message, location=place, task=task, url=f"{DOCS}/{name}")
