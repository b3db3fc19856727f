"""How each domain of a project stands: its spec, its files, its migrations, what the linter says. Changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

from trackwright_gen.cli.generation import Generation, plan_generation
from trackwright_gen.cli.outcomes import read_text
from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.merge.form import Form
from trackwright_gen.merge.outcome import Conflict, Create, Delete, Foreign, Keep, Move, Outcome, Update
from trackwright_gen.merge.record import Record, read_record, recorded_domains
from trackwright_gen.project.history import read_revisions
from trackwright_gen.project.model import Project
from trackwright_gen.revisions import read_snapshot
from trackwright_gen.spec.loader import LoadedSpec, read_spec

State: TypeAlias = Literal["clean", "edited", "stale", "missing", "new", "conflict", "foreign"]
Lint: TypeAlias = Callable[[Sequence[Path]], tuple[Diagnostic, ...]]
"""Files -> what the linter finds in them."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    """One generated file.

    Attributes:
        path: relative to the project.
        state: clean; edited by the user; stale, which the next run changes; missing, deleted by the user; new, not
            written yet; conflict, with markers in it or after the next run; foreign, somebody else's in the way.
        edited: whether the user edited it, whatever else it is.
    """

    path: str
    state: State
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainStatus:
    """One domain.

    Attributes:
        domain: its name.
        spec: its spec, if there is one.
        errors: why the next run would do nothing for it.
        files: its generated files.
        heads: the last revisions of its table: one, unless branches were not merged.
        pending: the messages of migrations that the next run writes.
        findings: what the linter finds in its files.
    """

    domain: str
    spec: Path | None
    errors: tuple[str, ...] = ()
    files: tuple[FileStatus, ...] = ()
    heads: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing about it waits for anybody."""
        settled = all(file.state in {"clean", "edited", "missing"} for file in self.files)
        return settled and not (
            self.errors or self.pending or self.findings or (self.files and not self.spec)
        )


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """All domains, and the shared files that the next run creates or edits."""

    domains: tuple[DomainStatus, ...]
    shared: tuple[Path, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits for anybody."""
        return not self.shared and all(domain.is_settled for domain in self.domains)


@dataclass(slots=True)
class _Specs:
    """What the specs of a project are, and what is wrong with which."""

    loaded: dict[str, LoadedSpec] = field(default_factory=dict[str, LoadedSpec])
    paths: dict[str, Path] = field(default_factory=dict[str, Path])
    errors: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def project_status(
    project: Project, specs: Sequence[Path], templates: Path | None, lint: Lint
) -> ProjectStatus:
    """Look at every domain that has a spec or was generated; a mistake in one does not hide the others.

    Raises:
        ToolError: a record cannot be read.
        ToolErrors: revision files that cannot be read.
    """
    read = _read(specs)
    generations = _planned(read, project, templates)
    names = sorted({*read.paths, *recorded_domains(project.root)})
    domains = [_status(name, project, read, generations.get(name)) for name in names]
    return ProjectStatus(
        tuple(_with_findings(domains, project.root, lint)),
        tuple(sorted({path for one in generations.values() for path in _shared(one)})),
    )


def _with_findings(domains: Sequence[DomainStatus], root: Path, lint: Lint) -> Iterator[DomainStatus]:
    """Lint the files of all domains at once: what they import is read once, too."""
    files = {
        domain.domain: [
            path for file in domain.files if (path := root / file.path).suffix == ".py" and path.is_file()
        ]
        for domain in domains
    }
    every = [path for own in files.values() for path in own]
    findings = lint(every) if every else ()
    for domain in domains:
        own = set(files[domain.domain])
        yield replace(domain, findings=tuple(one for one in findings if one.location.path in own))


def _read(specs: Sequence[Path]) -> _Specs:
    found = _Specs()
    for path in specs:
        try:
            loaded = read_spec(path)
        except (ToolError, ToolErrors) as error:
            found.paths[path.stem] = path
            found.errors[path.stem] = _messages(error)
        else:
            domain = loaded.spec.domain
            if domain in found.loaded:
                found.errors[domain] = (f"{path}: the domain has another spec, {found.paths[domain]}",)
            found.paths.setdefault(domain, path)
            found.loaded.setdefault(domain, loaded)
    return found


def _planned(specs: _Specs, project: Project, templates: Path | None) -> dict[str, Generation]:
    """The next run: of all domains together; where that fails, of each alone, so that others show how they stand."""
    try:
        together = plan_generation(list(specs.loaded.values()), project, templates=templates)
    except (ToolError, ToolErrors):
        return dict(_apart(specs, project, templates))
    return dict.fromkeys(specs.loaded, together)


def _apart(specs: _Specs, project: Project, templates: Path | None) -> Iterator[tuple[str, Generation]]:
    for domain, loaded in specs.loaded.items():
        try:
            yield domain, plan_generation([loaded], project, templates=templates)
        except (ToolError, ToolErrors) as error:
            specs.errors[domain] = (*specs.errors.get(domain, ()), *_messages(error))


def _messages(error: ToolError | ToolErrors) -> tuple[str, ...]:
    return tuple(str(one) for one in error.errors) if isinstance(error, ToolErrors) else (str(error),)


def _shared(generation: Generation) -> Iterator[Path]:
    yield from generation.created
    yield from (edit.path for edit in generation.edits)


def _status(name: str, project: Project, specs: _Specs, generation: Generation | None) -> DomainStatus:
    record = read_record(project.root, name)
    own = (
        next((one for one in generation.domains if one.plan.spec.domain == name), None)
        if generation
        else None
    )
    files = (
        tuple(_file(outcome, record, project.root) for outcome in own.outcomes)
        if own
        else tuple(_recorded(path, record, project.root) for path in record.base)
    )
    return DomainStatus(
        domain=name,
        spec=specs.paths.get(name),
        errors=specs.errors.get(name, ()),
        files=files,
        heads=_heads(project, record),
        pending=tuple(one.message for one in own.revisions) if own else (),
    )


def _file(outcome: Outcome, record: Record, root: Path) -> FileStatus:
    path = outcome.old if isinstance(outcome, Move) else outcome.path
    known = _recorded(path.relative_to(root).as_posix(), record, root)
    match outcome:
        case Create():
            state: State = "new"
        case Conflict():
            state = "conflict"
        case Foreign():
            state = "foreign"
        case Update() | Move() | Delete():
            state = "stale"
        case Keep():
            state = known.state
        case _:
            assert_never(outcome)
    return FileStatus(known.path, state, known.edited)


def _recorded(path: str, record: Record, root: Path) -> FileStatus:
    """A file beside what was generated last."""
    base, text = record.base.get(path), read_text(root / path)
    if text is None:
        return FileStatus(path, "missing", edited=False)
    edited = base is not None and Form.of(text, ends=base.endswith("\n")).plain(text) != base
    return FileStatus(path, "edited" if edited else "clean", edited)


def _heads(project: Project, record: Record) -> tuple[str, ...]:
    """The revisions that speak of the domain's table and that no other such revision follows."""
    if not record.snapshot.is_file():
        return ()
    table = read_snapshot(record.snapshot).name.encode()
    home = project.alembic
    revisions = read_revisions(home.version_locations, recursive=home.recursive)
    parents = {one.revision: one.parents for one in revisions}
    own = [one.revision for one in revisions if table in one.path.read_bytes()]
    before: set[str] = set()
    waiting = list(own)
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in before:
                before.add(parent)
                waiting.append(parent)
    return tuple(revision for revision in own if revision not in before)
