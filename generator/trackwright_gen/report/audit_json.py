"""An audit for machines."""

import datetime as dt
import json
from typing import Any

from trackwright_gen.audit.audit import Audit
from trackwright_gen.audit.counting import Figures
from trackwright_gen.audit.effort import Reason
from trackwright_gen.audit.ownership import Provenance
from trackwright_gen.audit.plan import Step
from trackwright_gen.audit.snapshot import Debt, Excuse, Group, Place
from trackwright_gen.audit.trend import Point

VERSION = 1


def report(audit: Audit) -> str:
    """One object; paths are relative to the repository's root, ages are in days, dates are ISO 8601."""
    snapshot, today = audit.snapshot, audit.today
    content = {
        "version": VERSION,
        "project": audit.project,
        "date": today.isoformat(),
        "commit": audit.commit,
        "summary": _figures(snapshot.figures),
        "debts": [_debt(each, today) for each in snapshot.debts],
        "exemptions": [_excuse(each, today) for each in snapshot.excuses],
        "modules": [_group(each) for each in snapshot.modules],
        "owners": [_group(each) for each in snapshot.owners],
        "history": {"reason": audit.reason, "points": [_point(each) for each in audit.points]},
        "plan": [_step(each, today) for each in audit.plan],
        "problems": list(snapshot.problems),
        "notes": list(audit.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "jobs": figures.jobs,
        "tracked": figures.tracked,
        "exempt": figures.exempt,
        "untracked": figures.untracked,
        "legacy_uses": figures.legacy,
        "debt": figures.debt,
        "tracked_share": figures.share,
        "unreadable_files": figures.unreadable,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.row, "module": place.module}


def _provenance(found: Provenance, today: dt.date) -> dict[str, Any]:
    return {
        "owner": found.owner.name,
        "owner_by": found.owner.by,
        "since": found.since.isoformat() if found.since else None,
        "age_days": found.days(today),
        "age_is_at_least": found.is_cut,
    }


def _debt(debt: Debt, today: dt.date) -> dict[str, Any]:
    return {
        "kind": debt.kind,
        "code": debt.code,
        "name": debt.name,
        "framework": debt.framework,
        "declared_by": debt.declared_by,
        **_place(debt.place),
        **_provenance(debt.provenance, today),
    }


def _excuse(excuse: Excuse, today: dt.date) -> dict[str, Any]:
    exemption = excuse.exemption
    return {
        "kind": exemption.kind,
        "codes": list(exemption.codes),
        "term": excuse.term,
        "reason": exemption.reason,
        "approved_by": exemption.approved_by,
        "ticket": exemption.ticket,
        "until": exemption.until.isoformat() if exemption.until else None,
        "adapts": exemption.adapts,
        **_place(excuse.place),
        **_provenance(excuse.provenance, today),
    }


def _group(group: Group) -> dict[str, Any]:
    oldest = group.oldest.isoformat() if group.oldest else None
    return {"name": group.name, **_figures(group.figures), "oldest": oldest}


def _point(point: Point) -> dict[str, Any]:
    return {"commit": point.commit, "date": point.when.isoformat(), **_figures(point.figures)}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"points": reason.points, "reason": reason.words}


def _step(step: Step, today: dt.date) -> dict[str, Any]:
    return {
        "number": step.number,
        "task": step.name,
        **_place(step.place),
        **_provenance(step.provenance, today),
        "uses": step.uses,
        "failures": step.failures,
        "why": [_reason(each) for each in step.gain],
        "effort": {
            "size": step.effort.size,
            "points": step.effort.points,
            "reasons": [_reason(each) for each in step.effort.reasons],
        },
        "after": [{"task": each.name, "reason": each.reason} for each in step.after],
        "in_a_circle": step.in_a_circle,
    }
