"""An audit in a few lines, for a terminal and the log of a CI run."""

from collections.abc import Iterator

from trackwright_gen.audit.audit import Audit
from trackwright_gen.report.audit_markdown import summary_line
from trackwright_gen.report.audit_words import age, counted, duration, share

_MOST_STEPS = 3


def report(audit: Audit) -> str:
    """The state, how it changed, the oldest debt, and what to begin with."""
    return "\n".join(_lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    yield summary_line(audit)
    if audit.reason is not None:
        yield audit.reason
    if len(audit.points) > 1:
        yield _change(audit)
    dated = [each for each in audit.snapshot.debts if each.provenance.since is not None]
    if dated:
        oldest = dated[0]
        what = oldest.name if oldest.kind == "untracked" else f"legacy tracking: {oldest.name}"
        yield f"Oldest debt: {age(oldest.provenance, audit.today)}, {what} ({oldest.place})"
    ended = sum(each.term == "expired" for each in audit.snapshot.excuses)
    if ended:
        yield f"{counted(ended, 'exemption')} expired."
    if audit.plan:
        yield "Begin with:"
    for step in audit.plan[:_MOST_STEPS]:
        why = ", ".join(each.words for each in step.gain) or "untracked"
        yield f"  {step.number}. {step.name} ({step.place}), effort {step.effort.size}: {why}"
    yield from (f"note: {each}" for each in audit.notes)


def _change(audit: Audit) -> str:
    first, last = audit.points[0], audit.points[-1]
    over = duration((last.when - first.when).days)
    before, now = first.figures, last.figures
    return (
        f"Over {counted(len(audit.points) - 1, 'commit')} ({over}): "
        f"{share(before.share)} to {share(now.share)} tracked, "
        f"{before.untracked} to {now.untracked} untracked, {before.legacy} to {now.legacy} legacy uses."
    )
