"""Bring the stages together: specs and project in, one plan of everything that would change out. Writes nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import assert_never

from jinja2 import Environment

from trackwright_gen.cli.adoptions import with_old_name
from trackwright_gen.cli.entries import Entry
from trackwright_gen.cli.left_imports import left_imports
from trackwright_gen.cli.merging import merging
from trackwright_gen.cli.migrations import planned_revisions
from trackwright_gen.cli.outcomes import outcomes_of
from trackwright_gen.cli.packages import abandoned_packages, missing_packages
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.merge.decide import MergeFiles
from trackwright_gen.merge.originals import read_originals
from trackwright_gen.merge.outcome import Conflict, Create, Delete, Foreign, Keep, Move, Outcome, Update
from trackwright_gen.merge.record import Record, read_record, recorded_domains
from trackwright_gen.plan.planner import DomainPlan, plan_domains
from trackwright_gen.project.deregistration import deregistrations
from trackwright_gen.project.env_filter import filter_edit
from trackwright_gen.project.file_edit import FileEdit, joined
from trackwright_gen.project.model import ObjectName, Project
from trackwright_gen.project.registration import registrations
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tracking_base import missing_tracking_base
from trackwright_gen.render import domain_context, environment, formatted, render, shaped_like, wrapped
from trackwright_gen.revisions import Revision, snapshot_text
from trackwright_gen.spec.loader import LoadedSpec


@dataclass(frozen=True, slots=True)
class DomainOutcome:
    """What becomes of one domain.

    Attributes:
        plan: what it shall be.
        record: what is remembered of it.
        rendered: path relative to the project -> generated text.
        outcomes: one per generated file, those generated no more included.
        revisions: the migrations to write.
    """

    plan: DomainPlan
    record: Record
    rendered: Mapping[str, str]
    outcomes: tuple[Outcome, ...]
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything that one run would do.

    Attributes:
        root: the project's folder.
        domains: the domains.
        created: files that several domains share and that are not there yet, with their texts.
        edits: changes of the user's own files.
        deleted: `__init__.py` files of ours that nothing is left beside.
        broken: imports of the user's that name what is elsewhere then.
    """

    root: Path
    domains: tuple[DomainOutcome, ...]
    created: Mapping[Path, str] = field(default_factory=dict[Path, str])
    edits: tuple[FileEdit, ...] = ()
    deleted: tuple[Path, ...] = ()
    broken: tuple[Entry, ...] = ()

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """The migrations of all domains, in the order in which they follow each other."""
        return tuple(revision for domain in self.domains for revision in domain.revisions)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The generated files of all domains."""
        return tuple(outcome for domain in self.domains for outcome in domain.outcomes)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The files that need the user."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Conflict))

    @property
    def unresolved(self) -> bool:
        """Whether an earlier conflict still stands in a file: then nothing is done before it is resolved."""
        return any(conflict.text is None for conflict in self.conflicts)


def plan_generation(
    loaded: Sequence[LoadedSpec], project: Project, *, templates: Path | None = None
) -> Generation:
    """Plan a run; `templates` is a team's own folder of them.

    Raises:
        ToolErrors: mistakes of the specs that show in the project, files of somebody else's in the way.
        ToolError: a stage could not do its work.
    """
    plans = plan_domains(loaded, project, recorded_domains(project.root))
    domains = tuple(_domains(plans, project, loaded, environment(templates)))
    _hold_off_foreign(domains)
    generation = Generation(project.root, domains)
    if generation.unresolved:
        return generation
    created = _shared_files(project, domains)
    gone = _gone(domains)
    edits = _registrations(project, domains, gone)
    present = {*created, *_present(domains)}
    deleted = abandoned_packages(gone, present, project)
    broken = left_imports(project, generation.outcomes, edits)
    return Generation(project.root, domains, created, edits, deleted, broken)


def _domains(
    plans: Sequence[DomainPlan], project: Project, loaded: Sequence[LoadedSpec], jinja: Environment
) -> Iterator[DomainOutcome]:
    """What becomes of each domain; all files are formatted at once, as starting ruff costs more than its work."""
    drafts = list(_drafts(plans, project, loaded, jinja))
    texts = {path: text for draft in drafts for path, text in draft.rendered.items()}
    texts |= {str(one.path): one.text for draft in drafts for one in draft.revisions}
    shaped = in_project_shape(texts, project)
    merge = _merge(project)
    for draft in drafts:
        rendered = {path: shaped[path] for path in draft.rendered}
        yield replace(
            draft,
            rendered=rendered,
            outcomes=tuple(outcomes_of(project.root, draft.record, rendered, merge)),
            revisions=tuple(replace(one, text=shaped[str(one.path)]) for one in draft.revisions),
        )


def _drafts(
    plans: Sequence[DomainPlan], project: Project, loaded: Sequence[LoadedSpec], jinja: Environment
) -> Iterator[DomainOutcome]:
    """The domains with their texts as they are rendered, not compared with anything yet."""
    parent: str | None = None
    for plan, source in zip(plans, loaded, strict=True):
        record = read_record(project.root, plan.spec.domain)
        plan, adoption = with_old_name(plan, source, project, record)  # noqa: PLW2901 -- the same, with its view
        context = domain_context(plan.spec, plan.names, plan.table, project)
        rendered = {path: render(jinja, template, context) for path, template in plan.files.items()}
        revisions = planned_revisions(plan, source, project, record, parent=parent, adoption=adoption)
        parent = revisions[-1].revision if revisions else parent
        yield DomainOutcome(plan, record, rendered, (), revisions)


def in_project_shape(texts: Mapping[str, str], project: Project) -> dict[str, str]:
    """Generated texts as the project's formatter has them; paths are relative to the project."""
    names = (project.base, project.tracking_base, project.session.factory, project.celery)
    packages = {project.package, *(name.module for name in names)}
    own = sorted({package.partition(".")[0] for package in packages})
    return formatted(texts, project.root, own)


def _merge(project: Project) -> MergeFiles:
    return merging(
        lambda path, text: in_project_shape({str(path): text}, project)[str(path)],
        lambda path, text: wrapped(path, text, project.root),
    )


def _hold_off_foreign(domains: Sequence[DomainOutcome]) -> None:
    errors = [
        ToolError(
            "this file is in the way: it exists and was not generated by trackwright",
            at=Location(outcome.path),
            hint="move it, choose another folder in [tool.trackwright.paths], or, if it was generated once, "
            f"restore .trackwright/{domain.plan.spec.domain}/ from version control",
        )
        for domain in domains
        for outcome in domain.outcomes
        if isinstance(outcome, Foreign)
    ]
    if errors:
        raise ToolErrors(errors)


def _shared_files(project: Project, domains: Sequence[DomainOutcome]) -> dict[Path, str]:
    base = missing_tracking_base(project)
    created = {base.path: base.text} if base else {}
    relative = {path.relative_to(project.root).as_posix(): text for path, text in created.items()}
    shaped = {project.root / path: text for path, text in in_project_shape(relative, project).items()}
    modules = [outcome.path for domain in domains for outcome in domain.outcomes if _will_be(outcome)]
    return missing_packages([*shaped, *modules], project) | shaped


def _will_be(outcome: Outcome) -> bool:
    """Whether the file is there after the run."""
    match outcome:
        case Create() | Update() | Move() | Conflict():
            return True
        case Keep(path):
            return path.exists()
        case Delete() | Foreign():
            return False
        case _:
            assert_never(outcome)


def _gone(domains: Sequence[DomainOutcome]) -> set[Path]:
    """Files of ours that are not there after the run."""
    gone = {outcome.path for domain in domains for outcome in domain.outcomes if isinstance(outcome, Delete)}
    return gone | {
        outcome.old for domain in domains for outcome in domain.outcomes if isinstance(outcome, Move)
    }


def _present(domains: Sequence[DomainOutcome]) -> set[Path]:
    """Files of ours that are there after the run."""
    return {outcome.path for domain in domains for outcome in domain.outcomes if _will_be(outcome)}


def _registrations(
    project: Project, domains: Sequence[DomainOutcome], gone: Collection[Path]
) -> tuple[FileEdit, ...]:
    present = _present(domains)
    modules = [(domain.plan.names, domain.plan.modules) for domain in domains]
    tree = SourceTree(project.root, project.source_root)
    out: tuple[FileEdit, ...] = ()
    if left := tree.modules_of(gone) | set(_renamed_models(domains)):
        out = deregistrations(tree, project, left, read_originals(project.root))
        for edit in out:
            tree = tree.with_text(edit.path, edit.new_text)
    edits = registrations(
        project,
        models=[
            ObjectName(own.model.name, names.model)
            for names, own in modules
            if project.root / own.model.path in present
        ],
        task_modules=[own.tasks.name for _, own in modules if project.root / own.tasks.path in present],
        tree=tree,
    )
    found = [*out, *edits]
    if any(one.plan.table.view for one in domains) and (own := filter_edit(project.alembic, found)):
        found.append(own)
    return tuple(shaped_edit(edit, project.root) for edit in joined(found))


def _renamed_models(domains: Sequence[DomainOutcome]) -> Iterator[str]:
    """Modules whose model is called otherwise by now: what registers it says its former name."""
    for domain in domains:
        before = domain.record.base.get(domain.plan.modules.model.path)
        if before is not None and f"class {domain.plan.names.model}(" not in before:
            yield domain.plan.modules.model.name


def shaped_edit(edit: FileEdit, root: Path, like: str | None = None) -> FileEdit:
    """An edit whose new text the formatter has seen, if it had seen the text that this is to be like (the old one)."""
    text = shaped_like(edit.old_text if like is None else like, edit.new_text, edit.path, root)
    return replace(edit, new_text=text)


def snapshot_of(domain: DomainOutcome) -> str:
    """The snapshot to remember of a domain's table."""
    return snapshot_text(domain.plan.table)
