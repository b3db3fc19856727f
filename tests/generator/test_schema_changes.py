"""A changed spec through `trackwright generate`: refused at its place, or migrated once it says what is meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Generate = Callable[..., Any]
SPEC = "tracking/etf_price_update.yaml"


def replace(path: Path, old: str, new: str) -> None:
    """Change a file by hand."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def generated(generate: Generate, project: Path) -> Path:
    """The project after its first run; its spec's fields in a plain form."""
    replace(project / SPEC, "fields:\n", "fields:\n  note: {type: string, length: 9}\n")
    assert generate("etf_price_update").code == 0
    return project


def test_a_field_that_goes_is_refused_and_nothing_is_written(
    generate: Generate, generated: Path, files: Callable[[], dict[str, bytes]]
) -> None:
    replace(generated / SPEC, "  note: {type: string, length: 9}\n", "")
    before = files()
    outcome = generate()
    assert outcome.code == 2
    assert f"{SPEC}:" in outcome.err
    assert "field 'note' is gone from the spec" in outcome.err
    assert "allow_drop: [note]" in outcome.err
    assert files() == before


def test_a_refusal_is_at_the_field(generate: Generate, generated: Path) -> None:
    replace(generated / SPEC, "length: 9}\n", "length: 5}\n")
    rows = (generated / SPEC).read_text().splitlines()
    row = 1 + next(row for row, line in enumerate(rows) if "note:" in line)
    assert f"{SPEC}:{row}:3: field 'note' changes from VARCHAR(9) to VARCHAR(5)" in generate().err


def test_a_field_that_goes_with_consent(generate: Generate, generated: Path) -> None:
    replace(generated / SPEC, "  note: {type: string, length: 9}\n", "")
    (generated / SPEC).write_text((generated / SPEC).read_text() + "\nallow_drop: [note]\n")
    outcome = generate("--diff", "etf_price_update")
    assert "ALTER TABLE etf_price_update_task_tracking DROP COLUMN note;" in outcome.out
    assert "-- hazard: data loss: what note holds is gone" in outcome.out
    assert generate("etf_price_update").code == 0
    assert "up to date" in generate("etf_price_update").out


def test_a_rename_is_a_rename_and_stays_done(generate: Generate, generated: Path) -> None:
    replace(generated / SPEC, "  note: {type", "  remark: {renamed_from: note, type")
    assert "RENAME note TO remark;" in generate("--diff", "etf_price_update").out
    assert generate("etf_price_update").code == 0
    assert "up to date" in generate("etf_price_update").out
