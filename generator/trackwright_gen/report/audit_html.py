"""An audit as one HTML file that needs nothing else: no network, no other file, and no right to run anything else."""

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from trackwright_gen.audit.audit import Audit
from trackwright_gen.audit.effort import SIZES
from trackwright_gen.audit.trend import Point
from trackwright_gen.report import audit_charts as charts
from trackwright_gen.report.audit_markdown import summary_line
from trackwright_gen.report.audit_words import age, counted, duration, share, term

_FOLDER = "audit_page"
_MOST_POINTS = 25


def report(audit: Audit) -> str:
    """The page. All that comes from the code is escaped by the template engine."""
    page = Environment(
        loader=PackageLoader("trackwright_gen.report", _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters |= {"breakable": _breakable, "coded": _coded}
    # The two are included: what is hashed is what stands in the page.
    policy = _policy(*(page.get_template(name).render() for name in ("audit.css", "audit.js")))
    return page.get_template("audit.html.jinja").render(_context(audit), policy=policy)


def _context(audit: Audit) -> dict[str, Any]:
    untracked = [each for each in audit.snapshot.debts if each.kind == "untracked"]
    legacy = [each for each in audit.snapshot.debts if each.kind == "legacy"]
    return {
        "audit": audit,
        "figures": audit.snapshot.figures,
        "summary": summary_line(audit),
        "untracked": untracked,
        "legacy": legacy,
        "oldest": min((each.since for each in _ages(audit) if each.since), default=None),
        "ended": sum(each.term == "expired" for each in audit.snapshot.excuses),
        "soon": sum(each.term == "ends soon" for each in audit.snapshot.excuses),
        "drawings": _drawings(audit),
        "rows": _thinned(audit.points),
        "sizes": SIZES,
        "numbers": {step.name: step.number for step in audit.plan},
        "bar": charts.bar,
        **_words(audit.today),
    }


def _breakable(text: str) -> Markup:
    """A dotted name or a path that may be broken where people would."""
    parts = re.split(r"(?<=[./_])(?=[^./_])", text)
    return Markup("<wbr>").join(parts)


def _coded(text: str) -> Markup:
    """A message with the names in it, which it has between backticks, set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _words(today: dt.date) -> dict[str, Callable[..., str]]:
    return {
        "age": lambda provenance: age(provenance, today),
        "term": lambda excuse: term(excuse, today),
        "days_since": lambda day: duration((today - day).days),
        "share": share,
        "counted": counted,
    }


def _ages(audit: Audit) -> list[Any]:
    return [each.provenance for each in audit.snapshot.debts]


def _drawings(audit: Audit) -> list[dict[str, Any]]:
    if len(audit.points) < 2:  # noqa: PLR2004 -- one point is no trend
        return []
    return [
        {
            "title": title,
            "drawn": [charts.stacked(audit.points, series, size, title=title) for size in charts.SIZES],
        }
        for title, series in (
            ("Jobs over time", charts.JOBS),
            ("Uses of legacy tracking over time", charts.LEGACY),
        )
    ]


def _thinned(points: tuple[Point, ...]) -> list[Point]:
    """First, last, and evenly what is between: a table that can be read."""
    last = len(points) - 1
    if last < _MOST_POINTS:
        return list(points)
    return [points[round(i * last / (_MOST_POINTS - 1))] for i in range(_MOST_POINTS)]


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or sent, and nothing run but these very texts."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
