"""From the table that was to the table that shall be: the revisions to write, in order, nothing written yet."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.plan.adoption import Adoption
from trackwright_gen.plan.table import Table
from trackwright_gen.project.env_edit import require_own_transactions
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.change import Change, adopt_table, change_table, create_table, old_name
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.column_names import column_renames
from trackwright_gen.revisions.consent import require_consent
from trackwright_gen.revisions.ddl import postgresql_sql
from trackwright_gen.revisions.difference import adopting_differences, differences
from trackwright_gen.revisions.hazards import hazards_of
from trackwright_gen.revisions.history import History
from trackwright_gen.revisions.revision import Hazard, Revision
from trackwright_gen.revisions.script import render_script
from trackwright_gen.revisions.snapshot import snapshot_text


@dataclass(frozen=True, slots=True)
class _Planned:
    changes: tuple[Change, ...] = ()
    hazards: tuple[Hazard, ...] = ()


def plan_revisions(
    domain: str,
    old: Table | None,
    new: Table,
    home: AlembicHome,
    *,
    parent: str | None = None,
    renamed: Mapping[str, str] | None = None,
    allow_drop: Collection[str] = (),
    allow_rewrite: Collection[str] = (),
    adoption: Adoption | None = None,
) -> tuple[Revision, ...]:
    """Plan the revisions that bring a domain's table from `old` (None: it is not there) to `new`.

    With an `adoption` the table is there under another name, as somebody made it by hand.

    `parent` chains to a revision of the same run; else it is the project's one head. `renamed` is
    column -> the name it had; `allow_drop` and `allow_rewrite` name fields, as the spec has them.

    Raises:
        ToolError: several heads, a broken history or template, this revision is there already, env.py runs
            all revisions in one transaction where that will not do.
        ToolErrors: changes that the spec does not allow, all of them.
    """
    if adoption is not None:
        planned = _adopted(adoption, new, allow_drop=allow_drop, allow_rewrite=allow_rewrite)
    else:
        planned = _planned(
            old, new, renamed=renamed or {}, allow_drop=allow_drop, allow_rewrite=allow_rewrite
        )
    if not planned.changes:
        return ()
    if any(change.commits_apart for change in planned.changes):
        require_own_transactions(home.script_location, new.name)
    history, snapshot = History.read(home), snapshot_text(new)
    if old is None:
        _refuse_second(domain, new.name, snapshot, history)
    revisions: list[Revision] = []
    hazards, down_revision = planned.hazards, parent or history.head
    for change in planned.changes:
        own = _revision_id(domain, down_revision, snapshot)
        one = _revision(own, change, home=home, history=history, parent=down_revision)
        # Said once, before the first of them runs.
        revisions.append(replace(one, hazards=hazards))
        hazards, down_revision = (), one.revision
    return tuple(revisions)


def plan_drop(domain: str, table: Table, home: AlembicHome) -> Revision:
    """Plan the revision that drops a domain's table; its downgrade creates the table anew, without rows.

    Raises:
        ToolError: several heads, a broken history or template, this revision is there already.
    """
    created, (away, back) = create_table(table), old_name(table)
    limits, *dropped = created.downgrade
    change = Change(f"drop {table.name}", (limits, *away, *dropped), (*created.upgrade, *back))
    history = History.read(home)
    own = _drop_id(domain, history.head)
    one = _revision(own, change, home=home, history=history, parent=history.head)
    loss = Hazard("data loss", f"every row of {table.name} is gone, and going back does not bring it back")
    names = f"{table.name}, also as {table.view.name}" if table.view else table.name
    code = Hazard("running code", f"code that runs now still reads and writes {names}")
    return replace(one, hazards=(loss, code))


def _adopted(
    adoption: Adoption, new: Table, *, allow_drop: Collection[str], allow_rewrite: Collection[str]
) -> _Planned:
    found = adopting_differences(adoption, new)
    require_consent(found, allow_drop=allow_drop, allow_rewrite=allow_rewrite)
    return _Planned(adopt_table(found, adoption, new), hazards_of(found, new.name))


def _planned(
    old: Table | None,
    new: Table,
    *,
    renamed: Mapping[str, str],
    allow_drop: Collection[str],
    allow_rewrite: Collection[str],
) -> _Planned:
    if old is None:
        return _Planned((create_table(new),))
    if old.sql_name != new.sql_name:
        raise ToolError(
            f"the table would change its name from {old.sql_name} to {new.sql_name}, which no migration of ours does",
            hint="restore .trackwright/ from version control: a domain keeps its table",
        )
    try:
        renames = column_renames(old, new, renamed)
    except ColumnChangeError as error:
        raise ToolErrors([error]) from None
    found = differences(old, new, renames)
    if not found:
        return _Planned()
    require_consent(found, allow_drop=allow_drop, allow_rewrite=allow_rewrite)
    return _Planned(change_table(found, old, new, renames), hazards_of(found, new.name))


def _revision(
    revision: str, change: Change, *, home: AlembicHome, history: History, parent: str | None
) -> Revision:
    name, text = render_script(change, home=home, revision=revision, parent=parent)
    path = history.folder_of(parent) / name
    if revision in history.paths or path.exists():
        raise ToolError("this revision is there already", at=Location(history.paths.get(revision, path)))
    return Revision(
        path=path,
        text=text,
        revision=revision,
        down_revision=parent,
        message=change.message,
        sql=postgresql_sql(change.upgrade),
    )


def _refuse_second(domain: str, table: str, snapshot: str, history: History) -> None:
    """A lost snapshot must not make a second revision that creates the same table."""
    dropped = history.ancestors_of(
        revision
        for revision in history.paths
        if any(revision == _drop_id(domain, parent) for parent in history.parents[revision])
    )
    for revision, path in history.paths.items():
        if revision in dropped:
            continue
        if any(revision == _revision_id(domain, parent, snapshot) for parent in history.parents[revision]):
            raise ToolError(
                f"a revision that creates {table} is there already",
                at=Location(path),
                hint=f"restore .trackwright/{domain}/ from version control, or delete the revision to begin anew",
            )


def _revision_id(domain: str, parent: str | None, snapshot: str) -> str:
    # Derived, so that two runs from the same state give the same file.
    return _hashed(f"{domain}|{parent}|{snapshot}")


def _drop_id(domain: str, parent: str | None) -> str:
    return _hashed(f"{domain}|{parent}|dropped")


def _hashed(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:12]
