"""Plan the removal of a domain: what of it goes, what stays because somebody edited or uses it. Writes nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.cli.entries import Entry, shown_path
from trackwright_gen.cli.generation import in_project_shape, shaped_edit
from trackwright_gen.cli.outcomes import read_text
from trackwright_gen.cli.packages import abandoned_packages
from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.merge.form import Form
from trackwright_gen.merge.originals import original_file, read_originals
from trackwright_gen.merge.record import Record, generated_domains, read_record, recorded_domains
from trackwright_gen.project.deregistration import deregistrations
from trackwright_gen.project.env_filter import filter_removal
from trackwright_gen.project.file_edit import FileEdit, joined
from trackwright_gen.project.mentions import Mention, mentions
from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tracking_base import tracking_base_file
from trackwright_gen.project.written import WrittenTable, read_written_table
from trackwright_gen.revisions import Revision, read_snapshot
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.write.change import Change, text_change


@dataclass(frozen=True, slots=True)
class Removal:
    """Everything that removing a domain would do.

    Attributes:
        record: what is remembered of the domain.
        deleted: files of ours that nobody edited, shared ones that nothing needs any more included.
        edited: files of ours that somebody edited: they stay.
        edits: registrations taken out of the user's files.
        mentions: imports of the domain that are left in the project.
        revision: the migration that drops the table, if that was asked for.
        old_model: where the model of an adopted table's old name is, which goes with the table.
        is_last: whether no other domain is left.
    """

    project: Project
    domain: str
    record: Record
    deleted: tuple[Path, ...]
    edited: tuple[Path, ...]
    edits: tuple[FileEdit, ...]
    mentions: tuple[Mention, ...]
    revision: Revision | None
    old_model: WrittenTable | None
    is_last: bool

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """The migration, if there is one."""
        return (self.revision,) if self.revision else ()


def plan_removal(project: Project, domain: str, *, drop_table: bool) -> Removal:
    """Plan it.

    Raises:
        ToolError: the domain was never generated here, or a stage could not do its work.
    """
    known = recorded_domains(project.root)
    if domain not in known:
        hint = did_you_mean(domain, list(known)) if known else "nothing was generated here"
        raise ToolError(f"no domain {domain!r} was generated into {project.root}", hint=hint)
    record = read_record(project.root, domain)
    files = [project.root / path for path in record.base]
    clean = {path for path in files if _is_clean(path, record, project.root)}
    edited = tuple(path for path in files if path not in clean and path.exists())
    tree = SourceTree(project.root, project.source_root)
    modules = tree.modules_of(files)
    originals = read_originals(project.root)
    edits = deregistrations(tree, project, modules, originals) if modules else ()
    if _was_last_adopted(project, domain, record, clean) and (
        own := filter_removal(
            project.alembic, edits, originals.get(project.alembic.script_location / "env.py")
        )
    ):
        edits = joined([*edits, own])
    is_last = not set(generated_domains(project.root)) - {domain}
    planned = tree
    for edit in edits:
        planned = planned.with_text(edit.path, edit.new_text)
    gone = {*clean, *(_needless_base(project, planned, clean) if is_last and not edited else ())}
    left = tuple(mentions(planned, tree.modules_of(gone), tree))
    return Removal(
        project=project,
        domain=domain,
        record=record,
        deleted=(*sorted(gone), *abandoned_packages(gone, (), project)),
        edited=edited,
        edits=tuple(shaped_edit(edit, project.root, originals.get(edit.path)) for edit in edits),
        mentions=left,
        revision=_drop(project, domain, record) if drop_table else None,
        old_model=_old_model(tree, record) if drop_table else None,
        is_last=is_last,
    )


def _was_last_adopted(project: Project, domain: str, record: Record, gone: Collection[Path]) -> bool:
    """Whether the model that names an old table goes, and no other domain has one."""
    adopted = [
        path for path in gone if "__adopted__" in record.base[path.relative_to(project.root).as_posix()]
    ]
    others = set(recorded_domains(project.root)) - {domain}
    texts = (text for other in others for text in read_record(project.root, other).base.values())
    return bool(adopted) and not any("__adopted__" in text for text in texts)


def _is_clean(path: Path, record: Record, root: Path) -> bool:
    base, text = record.base[path.relative_to(root).as_posix()], read_text(path)
    return text is not None and Form.of(text, ends=base.endswith("\n")).plain(text) == base


def _needless_base(project: Project, tree: SourceTree, gone: Collection[Path]) -> Iterator[Path]:
    """The file of BaseTaskTracking, if it is as we wrote it and no file that stays imports it."""
    base = tracking_base_file(tree, project)
    path = base.path.relative_to(project.root).as_posix()
    if read_text(base.path) != in_project_shape({path: base.text}, project)[path]:
        return
    users = mentions(tree, {project.tracking_base.module}, tree)
    if all(mention.path in gone for mention in users):
        yield base.path


def _drop(project: Project, domain: str, record: Record) -> Revision:
    from trackwright_gen.revisions.plan import plan_drop

    revision = plan_drop(domain, read_snapshot(record.snapshot), project.alembic)
    path = str(revision.path)
    return Revision(
        path=revision.path,
        text=in_project_shape({path: revision.text}, project)[path],
        revision=revision.revision,
        down_revision=revision.down_revision,
        message=revision.message,
        sql=revision.sql,
        hazards=revision.hazards,
    )


def _old_model(tree: SourceTree, record: Record) -> WrittenTable | None:
    view = read_snapshot(record.snapshot).view
    if view is None:
        return None
    try:
        return read_written_table(tree, view.name)
    except (ToolError, ToolErrors):
        return None  # nobody has such a model any more


def changes_of(removal: Removal) -> tuple[Change, ...]:
    """The changes of files that carry the removal out, records included."""
    root, record = removal.project.root, removal.record
    forgotten = [record.base_file(path) for path in record.base]
    if removal.revision is not None:
        forgotten.append(record.snapshot)
    if removal.is_last:
        forgotten += [file for path in read_originals(root) if (file := original_file(root, path))]
    return (
        *(text_change(path, read_text(path), None) for path in (*removal.deleted, *forgotten)),
        *(text_change(edit.path, edit.old_text, edit.new_text) for edit in removal.edits),
        *(text_change(one.path, None, one.text) for one in removal.revisions),
    )


def entries_of(removal: Removal, spec: Path | None) -> tuple[Entry, ...]:
    """What happens to each file, and what is left to the user."""
    root = removal.project.root
    own = f"your spec: delete it too, or `trackwright generate` writes {removal.domain} again"
    return (
        *(Entry("delete", shown_path(path, root)) for path in removal.deleted),
        *(Entry("keep", shown_path(path, root), "edited by you") for path in removal.edited),
        *(Entry("edit", shown_path(edit.path, root), edit.reason) for edit in removal.edits),
        *(Entry("migrate", shown_path(one.path, root), one.message) for one in removal.revisions),
        *((Entry("keep", shown_path(spec, root), own),) if spec else ()),
        *(
            Entry("broken", shown_path(one.path, root), f"row {one.row} imports {one.module}, which goes")
            for one in removal.mentions
        ),
        *(_old_name_entry(one, root) for one in [removal.old_model] if one),
    )


def _old_name_entry(model: WrittenTable, root: Path) -> Entry:
    reason = f"row {model.at.row} is the model of {model.name}, which goes"
    return Entry("broken", shown_path(model.at.path, root), reason)
