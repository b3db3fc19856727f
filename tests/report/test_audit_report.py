"""The forms of an audit: what hostile names do to them (nothing), and what the page promises."""

import base64
import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from trackwright_gen.audit.audit import Audit
from trackwright_gen.audit.counting import Figures
from trackwright_gen.audit.effort import Effort, Reason
from trackwright_gen.audit.ownership import Owner, Provenance
from trackwright_gen.audit.plan import Prerequisite, Step
from trackwright_gen.audit.snapshot import Debt, Excuse, Group, Place, Snapshot
from trackwright_gen.audit.trend import Point
from trackwright_gen.report import audit_html, audit_json, audit_markdown, audit_text
from trackwright_gen.report.audit_charts import grid_step, ticks
from trackwright_gen.report.audit_words import duration, share
from trackwright_gen.source.jobs import Exemption

TODAY = dt.date(2026, 6, 1)
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover=x "
    "| [a](javascript:b) `c` {{7*7}}"
)
FIGURES = Figures(tracked=3, exempt=1, untracked=2, legacy=4)
PAGE = files("trackwright_gen.report").joinpath("audit_page")


def an_audit(text: str, *, points: int = 3) -> Audit:
    """An audit in which every text that can come from somebody's code is the given one."""
    place = Place(text, 3, text)
    provenance = Provenance(Owner(text, "codeowners"), dt.date(2024, 6, 1))
    exemption = Exemption(
        kind="temporary", codes=("TW101",), line=1, reason=text, approved_by=text, ticket=text, adapts=text,
        until=dt.date(2026, 6, 11),
    )  # fmt: skip
    step = Step(
        number=1, name=text, place=place, provenance=provenance, uses=2, failures=7,
        gain=(Reason(2, "sent from 2 places"),), effort=Effort((Reason(1, text),)),
        after=(Prerequisite(text, "sent by it"),), in_a_circle=True,
    )  # fmt: skip
    snapshot = Snapshot(
        figures=FIGURES,
        debts=(
            Debt("untracked", text, "TW101", place, provenance, "rq", text),
            Debt("legacy", text, "TW201", place, Provenance(Owner(text, "blame"), None)),
        ),
        excuses=(Excuse(exemption, place, provenance, "ends soon"),),
        modules=(Group(text, FIGURES, dt.date(2024, 6, 1)),),
        owners=(Group(text, FIGURES, None),),
        problems=(text,),
    )
    days = (dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=40 * i) for i in range(points))
    history = tuple(Point(f"{i:040}", day, replace(FIGURES, tracked=i)) for i, day in enumerate(days))
    return Audit(text, TODAY, "a" * 40, snapshot, history, None if points else text, (step,), (text,))


class Page(HTMLParser):
    """What a browser would make of the page, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_hostile_text_stays_text_in_the_page() -> None:
    plain, hostile = Page(audit_html.report(an_audit("plain"))), Page(audit_html.report(an_audit(HOSTILE)))
    shape = [(name, sorted(attributes)) for name, attributes in plain.tags if name not in {"wbr", "code"}]
    assert [(n, sorted(a)) for n, a in hostile.tags if n not in {"wbr", "code"}] == shape
    assert HOSTILE not in audit_html.report(an_audit(HOSTILE))
    assert "49" not in re.findall(r"\d+", audit_html.report(an_audit("{{7*7}}")).partition("<body>")[2])


def test_the_page_needs_and_runs_nothing_but_itself() -> None:
    text = audit_html.report(an_audit("plain"))
    page = Page(text)
    (policy,) = [
        each["content"] for each in page.named("meta") if each.get("http-equiv") == "Content-Security-Policy"
    ]
    style, script = (re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script"))
    assert style is not None
    assert script is not None
    digests = [
        base64.b64encode(hashlib.sha256(each[1].encode()).digest()).decode() for each in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name in {"style", "srcset"} for name in attributes)
        links = [attributes.get(name) or "#" for name in ("href", "src", "xlink:href")]
        assert all(link.startswith(("#", "data:")) for link in links)
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_tables_and_charts_say_what_they_are() -> None:
    text = audit_html.report(an_audit("plain"))
    page = Page(text)
    assert text.count("<table") == text.count("<caption") == 7
    assert all(each.get("scope") in {"col", "row"} for each in page.named("th"))
    charts = [each for each in page.named("svg") if each.get("role") == "img"]
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert len(charts) == 4
    for each in charts:
        assert set((each["aria-labelledby"] or "").split()) <= ids
    assert all(each.get("aria-hidden") == "true" for each in page.named("svg") if each not in charts)
    assert "01 January 2026 to 22 March 2026: tracked from 0 to 2, exempt from 1 to 1" in text
    assert [name for name, _ in page.tags if re.fullmatch(r"h\d", name)] == [
        "h1",
        "h2",
        "h3",
        "h3",
        *["h2"] * 6,
    ]
    assert len(ids) == len([attributes for _, attributes in page.tags if "id" in attributes])
    targets = [each["href"] for each in page.named("a")]
    assert {(each or "")[1:] for each in targets} <= ids


def test_hostile_text_breaks_no_table_of_the_markdown() -> None:
    text = audit_markdown.report(an_audit(f"{HOSTILE}\n\n# x\r| y |"))
    plain = audit_markdown.report(an_audit("plain"))

    def shape(report: str) -> list[int]:
        return [len(re.findall(r"(?<!\\)\|", line)) for line in report.splitlines()]

    assert shape(text) == shape(plain)
    assert not re.search(r"(?<!\\)<(?!br>)", text)
    assert not re.search(r"(?<!\\)\]\(", text)


def test_the_json_is_text_in_utf_8_whatever_paths_are() -> None:
    report = audit_json.report(an_audit('"\\\u2028\x00ü'))
    assert json.loads(report.encode().decode())["project"] == '"\\\u2028\x00ü'


def test_an_audit_of_nothing_has_all_its_forms() -> None:
    empty = Figures(tracked=0, exempt=0, untracked=0, legacy=0)
    nothing = Audit("x", TODAY, None, Snapshot(empty, (), (), (), (), ()), (), "No history: none.", ())
    assert "No history: none." in audit_html.report(nothing)
    assert audit_text.report(nothing).startswith("No background jobs; 0 uses of legacy tracking.")
    assert "## Plan" not in audit_markdown.report(nothing)
    assert json.loads(audit_json.report(nothing))["summary"]["tracked_share"] is None


def test_one_commit_is_no_trend() -> None:
    page = audit_html.report(an_audit("x", points=1))
    assert "There is one commit, and no trend yet." in page
    assert 'class="chart' not in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_text_can_be_read(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for text; 1.4.11: 3 to 1 for the lines of charts."""
    light, dark = re.findall(r":root \{(.*?)\}", PAGE.joinpath("audit.css").read_text(), re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", dark))
    for name in ("ink", "quiet", "accent", "tracked", "exempt", "untracked", "legacy", "warn"):
        for ground in ("page", "card"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in ("tracked", "untracked", "legacy"):
        assert contrast(colours[name], colours[f"{name}-fill"]) >= 3, name


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float | None, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "today"), (1, "1 day"), (59, "59 days"), (61, "2 months"), (400, "13 months"), (800, "2.2 years")],
)
def test_durations(days: int, text: str) -> None:
    assert duration(days) == text


@pytest.mark.parametrize(("most", "step"), [(0, 1), (3, 1), (5, 2), (9, 2), (12, 5), (60, 20), (1000, 500)])
def test_grid_lines_are_few_and_round(most: int, step: int) -> None:
    assert grid_step(most) == step


@pytest.mark.parametrize(
    ("days", "most", "labels"),
    [
        (0, 5, ["1 Jan", "1 Jan"]),
        (4, 9, ["1 Jan", "2 Jan", "3 Jan", "4 Jan", "5 Jan"]),
        (200, 5, ["Mar 2026", "May 2026", "Jul 2026"]),
        (1500, 5, ["2027", "2028", "2029", "2030"]),
        (300, 2, ["Jan 2026", "Oct 2026"]),
    ],
)
def test_ticks_fit_their_span(days: int, most: int, labels: list[str]) -> None:
    first = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    assert [text for _, text in ticks(first, first + dt.timedelta(days=days), most=most)] == labels
