"""An audit as Markdown, for a pull request, a wiki or a terminal."""

import re
from collections.abc import Iterable, Iterator, Sequence

from trackwright_gen.audit.audit import Audit
from trackwright_gen.audit.effort import SIZES
from trackwright_gen.audit.plan import Step
from trackwright_gen.audit.snapshot import Debt, Excuse, Group
from trackwright_gen.report.audit_words import age, counted, duration, share, term

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")
_BREAK = re.compile(r"[\s\x00-\x1f\x7f]+")
_MOST_POINTS = 13
"""Rows that show a trend: about one for each month of a year."""


def report(audit: Audit) -> str:
    """The whole audit; whatever comes from the code is escaped."""
    blocks = [
        *_head(audit),
        *_section("Trend", _trend(audit)),
        *_section("Plan", _plan(audit)),
        *_section("By owner", _groups(audit, audit.snapshot.owners, "owner")),
        *_section("By module", _groups(audit, audit.snapshot.modules, "module")),
        *_section("Untracked jobs", _debts(audit, "untracked", "job")),
        *_section("Uses of legacy tracking", _debts(audit, "legacy", "use")),
        *_section("Exemptions", _exemptions(audit)),
        *_section("Files that could not be read", _list(audit.snapshot.problems)),
        *_section("Notes", _list(audit.notes)),
    ]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown leaves as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", _BREAK.sub(" ", text).strip())


def summary_line(audit: Audit) -> str:
    """The state in one sentence."""
    figures = audit.snapshot.figures
    legacy = f"{counted(figures.legacy, 'use')} of legacy tracking."
    if not figures.jobs:
        return f"No background jobs; {legacy}"
    return (
        f"{share(figures.share)} tracked: {figures.tracked} of {counted(figures.tracked + figures.untracked, 'job')}; "
        f"{figures.untracked} untracked, {figures.exempt} exempt, {legacy}"
    )


def _head(audit: Audit) -> Iterator[str]:
    yield f"# Background work of {escaped(audit.project)}"
    at = f", at commit {audit.commit[:12]}" if audit.commit else ""
    yield f"Audited on {audit.today.isoformat()}{at}. **{summary_line(audit)}**"


def _section(title: str, blocks: Iterable[str]) -> Iterator[str]:
    found = list(blocks)
    if found:
        yield f"## {title}"
        yield from found


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if lines:
        yield "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines])


def _list(items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {escaped(each)}" for each in items]
    if lines:
        yield "\n".join(lines)


def _trend(audit: Audit) -> Iterator[str]:
    if audit.reason is not None:
        yield escaped(audit.reason)
    last = len(audit.points) - 1
    chosen = sorted({round(i * last / (_MOST_POINTS - 1)) for i in range(_MOST_POINTS)}) if last > 0 else []
    rows = [(audit.points[i].when.date(), audit.points[i].figures) for i in chosen]
    yield from _table(
        ("day", "share", "tracked", "exempt", "untracked", "legacy uses"),
        (
            (
                day.isoformat(),
                share(each.share),
                *map(str, (each.tracked, each.exempt, each.untracked, each.legacy)),
            )
            for day, each in rows
        ),
    )


def _plan(audit: Audit) -> Iterator[str]:
    yield from _table(("#", "task", "why", "effort", "after", "owner"), (_step(each) for each in audit.plan))
    if audit.plan:
        yield "Sizes: " + ", ".join(f"{size} {words}" for size, words in SIZES.items()) + "."


def _step(step: Step) -> Sequence[str]:
    why = ", ".join(f"{each.words} (+{each.points})" for each in step.gain)
    effort = ", ".join(f"{each.words} ({each.points})" for each in step.effort.reasons)
    after = ", ".join(f"{each.name} ({each.reason})" for each in step.after) + (
        " - in a circle: migrate together" if step.in_a_circle else ""
    )
    return (
        str(step.number),
        f"{escaped(step.name)}<br>{escaped(str(step.place))}",
        escaped(why) or "-",
        f"**{step.effort.size}** {escaped(effort)}",
        escaped(after) or "-",
        escaped(step.provenance.owner.name),
    )


def _groups(audit: Audit, groups: Iterable[Group], head: str) -> Iterator[str]:
    yield from _table(
        (head, "share", "tracked", "exempt", "untracked", "legacy uses", "oldest debt"),
        (
            (
                escaped(each.name),
                share(each.figures.share),
                *map(
                    str,
                    (each.figures.tracked, each.figures.exempt, each.figures.untracked, each.figures.legacy),
                ),
                duration((audit.today - each.oldest).days) if each.oldest else "-",
            )
            for each in groups
        ),
    )


def _debts(audit: Audit, kind: str, head: str) -> Iterator[str]:
    ours = (each for each in audit.snapshot.debts if each.kind == kind)
    yield from _table((head, "place", "age", "owner"), (_debt(each, audit) for each in ours))


def _debt(debt: Debt, audit: Audit) -> Sequence[str]:
    return (
        escaped(debt.name),
        escaped(str(debt.place)),
        age(debt.provenance, audit.today),
        escaped(debt.provenance.owner.name),
    )


def _exemptions(audit: Audit) -> Iterator[str]:
    yield from _table(
        ("exemption", "place", "end", "reason", "approved by", "ticket", "age", "owner"),
        (_excuse(each, audit) for each in audit.snapshot.excuses),
    )


def _excuse(excuse: Excuse, audit: Audit) -> Sequence[str]:
    exemption = excuse.exemption
    return (
        f"{exemption.kind} {' '.join(exemption.codes)}",
        escaped(str(excuse.place)),
        term(excuse, audit.today),
        *(escaped(each or "") or "-" for each in (exemption.reason, exemption.approved_by, exemption.ticket)),
        age(excuse.provenance, audit.today),
        escaped(excuse.provenance.owner.name),
    )
