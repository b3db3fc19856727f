"""A planned run as the changes of files that carry it out."""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from trackwright_gen.cli.generation import DomainOutcome, Generation, snapshot_of
from trackwright_gen.cli.outcomes import read_text
from trackwright_gen.merge.originals import original_file
from trackwright_gen.merge.outcome import Conflict, Create, Delete, Foreign, Keep, Move, Update
from trackwright_gen.write.change import Change, text_change


def changes_of(generation: Generation) -> tuple[Change, ...]:
    """Every file that differs after the run, the records under `.trackwright` included."""
    if generation.unresolved:
        return ()
    return tuple(change for change in _all(generation) if change.before != change.after)


def _all(generation: Generation) -> Iterator[Change]:
    for path, text in generation.created.items():
        yield text_change(path, None, text)
    for domain in generation.domains:
        yield from _files(domain)
        yield from _records(generation.root, domain)
    for path in generation.deleted:
        yield text_change(path, read_text(path), None)
    for edit in generation.edits:
        yield text_change(edit.path, edit.old_text, edit.new_text)
        if (original := original_file(generation.root, edit.path)) and not original.exists():
            yield text_change(original, None, edit.old_text)


def _files(domain: DomainOutcome) -> Iterator[Change]:
    for outcome in domain.outcomes:
        match outcome:
            case Create(path, text) | Update(path, text):
                yield text_change(path, read_text(path), text)
            case Conflict(path, text) if text is not None:
                yield text_change(path, read_text(path), text)
            case Move(path, old, text):
                yield text_change(path, read_text(path), text)
                yield text_change(old, read_text(old), None)
            case Delete(path):
                yield text_change(path, read_text(path), None)
            case Conflict() | Keep() | Foreign():
                pass
            case _:
                assert_never(outcome)
    for revision in domain.revisions:
        yield text_change(revision.path, None, revision.text)


def _records(root: Path, domain: DomainOutcome) -> Iterator[Change]:
    paths = [outcome.path.relative_to(root).as_posix() for outcome in domain.outcomes]
    for path in dict.fromkeys([*paths, *domain.record.base]):
        file = domain.record.base_file(path)
        yield text_change(file, read_text(file), domain.rendered.get(path))
    snapshot = domain.record.snapshot
    yield text_change(snapshot, read_text(snapshot), snapshot_of(domain))
