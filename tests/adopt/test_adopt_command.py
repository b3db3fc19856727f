"""`trackwright adopt`: a spec from a model's source, with questions where nothing can be known."""

from pathlib import Path

import pytest
from hand_written import ODD, HandWritten, hand_written, invoke, refused


@pytest.fixture
def files(tmp_path: Path) -> HandWritten:
    """The project's files alone, without a spec."""
    made = hand_written(tmp_path / "project", f"sqlite:///{tmp_path}/none.db")
    made.spec.unlink()
    return made


EXPECTED = """\
# yaml-language-server: $schema=../.trackwright/schema/domain.json
# Proposed by `trackwright adopt` for the table etf_updates of app/models/updates.py:13.
# Answer the lines that begin with `# ?`, then run: trackwright generate etf_price
domain: etf_price
description: Etf price.

fields:
  etf_id: {type: string, length: 12, required: true, references: etfs.id, index: true}
  day: {type: date, required: true}
  extra: {type: json}
  source: {type: string, length: 50, default: xetra}

unique:
  - [etf_id, day]

indexes:
  - {fields: [day, status]}
# the table keeps its CHECK (retry_count >= 0), unless it is about the status
# the table keeps its CHECK (state IN ('waiting', 'retrying', 'running', 'done', 'broken')), \
unless it is about the status

task:
  name: run_etf_price

adopt:
  table: etf_updates
  rename:
    state: status
    created: created_at
    finished_at: completed_at
    error: error_message
    retry_count: attempts
  status:
    waiting: PENDING
    retrying: PENDING
    running: PROCESSING
    done: COMPLETED
    # ? broken: one of PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED
"""


def test_what_the_source_says_becomes_the_spec(files: HandWritten) -> None:
    said = invoke(files, "adopt", "etf_updates", "--domain", "etf_price")
    assert files.spec.read_text() == EXPECTED
    assert "(1 questions)" in said
    answered = EXPECTED.replace(
        "    # ? broken: one of PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED", "    broken: FAILED"
    )
    files.spec.write_text(answered + "allow_rewrite: [id, extra]\n")
    assert "adopt etf_updates" in invoke(files, "generate", "--dry-run")
    assert "this spec exists already" in refused(files, "adopt", "etf_updates", "--domain", "etf_price")


def test_old_styles_enums_mixins_and_types_of_ones_own(files: HandWritten) -> None:
    files.write("app/models/job.py", ODD)
    said = invoke(files, "adopt", "jobs")
    text = (files.root / "tracking" / "jobs.yaml").read_text()
    for line in (
        "  class_: {type: enum, values: [a, b], column: Class}",
        "  etf: {type: string, length: 12, references: etfs.id, on_delete: cascade}",
        '  price: {type: decimal, precision: 20, scale: 6, required: true, default: "1.50"}',
        "  urgent: {type: boolean, required: true, default: false}",
        "  # ? at: no field type is a Time",
        '# ? the index jobs_open goes: say it again with a structured `where` ("Class" IS NOT NULL)',
        "    job_no: id",
        "    NEW: PENDING",
        "    RUNNING: PROCESSING",
        "    DONE: COMPLETED",
        "    FAILED: FAILED",
    ):
        assert line in text.splitlines()
    assert "(2 questions)" in said
    assert "id changes from INTEGER to BIGINT" in said


def test_what_cannot_be_read_is_said_at_its_place(files: HandWritten) -> None:
    files.write(
        "app/models/job.py",
        ODD.replace("Numeric(20, 6)", "make_type()").replace('text("false")', "compute()"),
    )
    said = refused(files, "adopt", "jobs")
    assert "app/models/job.py:47:5: the type of the column 'price' cannot be read: Column(Money()" in said
    assert "app/models/job.py:48:45: the server default compute() cannot be read" in said
    assert "no class of the project has the table 'job'" in refused(files, "adopt", "job")
    assert "is no name" in refused(files, "adopt", "jobs", "--domain", "Jobs")
