"""What differs between two tables, and what follows from it: consent, hazards, a summary."""

from dataclasses import replace
from pathlib import Path

import pytest
from migrations import planned

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.plan.adoption import Adoption
from trackwright_gen.plan.table import View
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.column_names import column_renames, renaming_order
from trackwright_gen.revisions.consent import require_consent
from trackwright_gen.revisions.difference import (
    CommentChanged,
    Difference,
    ViewChanged,
    WordsTaken,
    differences,
)
from trackwright_gen.revisions.hazards import hazards_of
from trackwright_gen.revisions.summary import summary_of

HEAD = "domain: order\nfields:\n  day: {type: date}\n"
CHECKED = (
    "checks: [{{name: pos, field: {0}, op: '>', value: 0}}]\n"
    "indexes: [{{fields: [day], where: {{field: {0}, is: 'null'}}}}]\n"
)


def found(folder: Path, old: str, new: str, renamed: dict[str, str] | None = None) -> tuple[Difference, ...]:
    """The differences between two specs, both below HEAD."""
    before, after = (planned(folder, HEAD + text) for text in (old, new))
    return differences(before, after, column_renames(before, after, renamed or {}))


def kinds(differences: tuple[Difference, ...]) -> list[str]:
    """Their names."""
    return [type(one).__name__ for one in differences]


def test_equal_tables_do_not_differ(tmp_path: Path) -> None:
    assert found(tmp_path, "  a: {type: integer}\n", "  a: {type: integer}\n") == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("task: {queue: a}\n", "task: {queue: b}\n"),
        ("task: {stale_after: 5m}\n", "task: {stale_after: 9m}\n"),
        ("task: {timeout: {hard: 5m}}\n", "task: {timeout: {soft: 1m, hard: 6m}}\n"),
        ("retention: {completed: 30d}\n", "retention: {completed: 7d, failed: 90d}\n"),
        ("", "dependencies: {enabled: true, on_failure: run}\n"),
        ("", "api: {enabled: false}\n"),
    ],
    ids=["queue", "stale rows", "limits", "retention", "dependencies", "endpoints"],
)
def test_a_client_side_change_is_none_of_the_database(tmp_path: Path, old: str, new: str) -> None:
    assert found(tmp_path, old, new) == ()


def test_a_rename_alone_makes_nothing_anew(tmp_path: Path) -> None:
    old = "  price: {type: integer, index: true}\n" + CHECKED.format("price")
    new = "  order: {type: integer, index: true}\n" + CHECKED.format("order")
    assert kinds(found(tmp_path, old, new, {"order": "price"})) == ["ColumnRenamed", "NameChanged"]


def test_a_text_that_reads_like_the_column_is_left_alone(tmp_path: Path) -> None:
    where = "indexes: [{{fields: [day], where: {{field: {0}, op: '=', value: \"a 'a' a\"}}}}]\n"
    differing = found(
        *(tmp_path, "  a: {type: text}\n" + where.format("a"), "  b: {type: text}\n" + where.format("b")),
        {"b": "a"},
    )
    assert kinds(differing) == ["ColumnRenamed"]


@pytest.mark.parametrize(
    ("old", "new", "renamed", "expected"),
    [
        ("ab", "bc", {"b": "a", "c": "b"}, {"a": "b", "b": "c"}),
        ("bc", "bc", {"b": "a", "c": "b"}, {}),
        ("abc", "bcd", {"b": "a", "c": "b", "d": "c"}, {"a": "b", "b": "c", "c": "d"}),
        ("b", "ab", {"b": "a"}, {}),
        ("ab", "ab", {"b": "a"}, {}),
    ],
    ids=["in a row", "in a row and done", "three in a row", "done, and the old name is new", "done long ago"],
)
def test_which_renames_are_still_to_do(
    tmp_path: Path, old: str, new: str, renamed: dict[str, str], expected: dict[str, str]
) -> None:
    tables = [
        planned(tmp_path, HEAD + "".join(f"  {n}: {{type: integer}}\n" for n in names))
        for names in (old, new)
    ]
    assert column_renames(tables[0], tables[1], renamed) == expected


@pytest.mark.parametrize(
    ("old", "new", "renamed", "message"),
    [
        ("a", "b", {"b": "x"}, "the table has no column 'x'"),
        ("ab", "b", {"b": "a"}, "the table has a column 'b' already"),
        ("a", "ab", {"b": "a"}, "is a field as well"),
        ("a", "bc", {"b": "a", "c": "a"}, "several fields"),
    ],
    ids=["from nothing", "to a column that stays", "and kept", "twice"],
)
def test_renames_that_cannot_be(
    tmp_path: Path, old: str, new: str, renamed: dict[str, str], message: str
) -> None:
    tables = [
        planned(tmp_path, HEAD + "".join(f"  {n}: {{type: integer}}\n" for n in names))
        for names in (old, new)
    ]
    with pytest.raises(ColumnChangeError, match=message) as caught:
        column_renames(tables[0], tables[1], renamed)
    assert caught.value.column in new
    assert caught.value.hint


def test_names_in_a_circle_are_refused() -> None:
    with pytest.raises(ToolError, match="a, b change names with each other"):
        renaming_order({"a": "b", "b": "a"})


def test_every_refusal_at_once_and_none_when_the_spec_allows_it(tmp_path: Path) -> None:
    differing = found(
        tmp_path,
        "  gone: {type: text}\n  grown: {type: integer}\n  odd: {type: boolean}\n",
        "  grown: {type: bigint}\n  needed: {type: date, required: true}\n  odd: {type: date}\n",
    )
    with pytest.raises(ToolErrors) as caught:
        require_consent(differing, allow_drop=(), allow_rewrite=())
    errors = {error.column: error for error in caught.value.errors if isinstance(error, ColumnChangeError)}
    assert list(errors) == ["gone", "needed", "grown", "odd"]
    assert "allow_drop: [gone]" in str(errors["gone"])
    assert "allow_rewrite: [grown]" in str(errors["grown"])
    assert "rows that are there already have no value" in str(errors["needed"])
    assert "cannot change from BOOLEAN to DATE" in str(errors["odd"])
    with pytest.raises(ToolErrors) as caught:
        require_consent(differing, allow_drop=("gone",), allow_rewrite=("grown", "odd"))
    assert len(caught.value.errors) == 2


def test_a_field_is_allowed_by_the_name_that_the_spec_has(tmp_path: Path) -> None:
    differing = found(tmp_path, "  json: {type: text, column: body}\n", "")
    require_consent(differing, allow_drop=("json",), allow_rewrite=())


HAZARDS = {
    "a new column is none": ("", "  a: {type: text}\n", []),
    "a new column with a constant default is none": ("", "  a: {type: text, default: 'f(x)'}\n", []),
    "a default that differs per row": (
        "",
        "  a: {type: uuid, default_sql: gen_random_uuid()}\n",
        ["backfill"],
    ),
    "the moment of the migration is one for all rows": (
        "",
        "  a: {type: datetime, default_sql: now()}\n",
        [],
    ),
    "a default that calls something after a text": (
        "",
        "  a: {type: text, default_sql: \"'n' || random()\"}\n",
        ["backfill"],
    ),
    "an index is none": ("", "  a: {type: text, index: true}\n", []),
    "a unique index": ("", "unique: [{fields: [day], while: active}]\n", ["may fail"]),
    "a constraint": ("", "unique: [[day]]\n", ["may fail"]),
    "a check": ("", "checks: [{name: d, field: day, is: not null}]\n", ["may fail"]),
    "a reference": (
        "  a: {type: string, length: 12}\n",
        "  a: {type: string, length: 12, references: etfs.id}\n",
        ["may fail"],
    ),
    "a dropped column": ("  a: {type: text}\n", "", ["data loss", "running code"]),
    "a longer string is none": ("  a: {type: string, length: 5}\n", "  a: {type: string, length: 6}\n", []),
    "a shorter string": (
        "  a: {type: string, length: 6}\n",
        "  a: {type: string, length: 5}\n",
        ["rewrite", "may fail"],
    ),
    "fewer digits": (
        "  a: {type: decimal, precision: 9, scale: 4}\n",
        "  a: {type: decimal, precision: 9, scale: 2}\n",
        ["rewrite", "may fail", "data loss"],
    ),
    "a moment that becomes a day": (
        "  a: {type: datetime}\n",
        "  a: {type: date}\n",
        ["rewrite", "may fail", "data loss"],
    ),
    "required from now on": (
        "  a: {type: text}\n",
        "  a: {type: text, required: true}\n",
        ["may fail", "running code"],
    ),
    "required from now on, with a default": (
        "  a: {type: integer, default: 3}\n",
        "  a: {type: integer, default: 3, required: true}\n",
        ["backfill", "running code"],
    ),
    "not required any more is none": ("  a: {type: text, required: true}\n", "  a: {type: text}\n", []),
}


@pytest.mark.parametrize(("old", "new", "expected"), HAZARDS.values(), ids=HAZARDS)
def test_hazards(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    hazards = hazards_of(found(tmp_path, old, new), "order_task_tracking")
    assert [hazard.kind for hazard in hazards] == expected


def test_a_summary_is_short(tmp_path: Path) -> None:
    differing = found(
        tmp_path,
        "  a: {type: text}\n  b: {type: text}\n",
        "  b: {type: text, comment: x}\n  c: {type: text}\n  d: {type: text}\n",
    )
    assert summary_of(differing) == "drop a, add c, add d and more"
    assert summary_of(found(tmp_path, "", "unique: [[day]]\n")) == "change constraints and indexes"


def test_a_changed_comment_of_the_table_is_carried_there(tmp_path: Path) -> None:
    table = planned(tmp_path, HEAD)
    assert differences(table, replace(table, comment="what it is for"), {}) == (
        CommentChanged(table.comment, "what it is for"),
    )


def test_another_key_is_refused(tmp_path: Path) -> None:
    table = planned(tmp_path, HEAD)
    for change in ({"identity": False}, {"primary_key": False}, {"name": "number"}):
        columns = tuple(replace(one, **change) if one.name == "id" else one for one in table.columns)
        with pytest.raises(ToolError, match="the primary key of order_task_tracking would change"):
            differences(replace(table, columns=columns), table, {})


def test_words_that_change_their_meaning_are_hazards(tmp_path: Path) -> None:
    view = View(
        name="orders",
        columns=(),
        words=(("done", "COMPLETED"), ("dead", "FAILED")),
        shown=(("COMPLETED", "done"), ("FAILED", "dead"), ("CANCELLED", "dead"), ("PENDING", "PENDING")),
    )
    adoption = Adoption(table=planned(tmp_path, HEAD), renames={}, view=view, is_serial=False)
    assert list(map(str, hazards_of((WordsTaken(adoption),), "t"))) == [
        "may fail: a row of orders with a status that the spec does not know stops the change",
        "backfill: the status of each row of t is written as ours: done becomes COMPLETED, dead becomes FAILED",
        "running code: old code has no word for CANCELLED and reads dead",
    ]


def test_an_old_name_that_ends_is_a_hazard_and_one_that_begins_is_none() -> None:
    view = View(name="orders", columns=())
    ended = hazards_of((ViewChanged(view, None),), "order_task_tracking")
    assert [one.kind for one in ended] == ["running code"]
    assert list(hazards_of((ViewChanged(None, view),), "order_task_tracking")) == []
