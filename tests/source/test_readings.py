"""Reading trees one after another, with what was learned of their contents kept."""

import re
from pathlib import Path

from source_trees import TODAY

from trackwright_gen.source.files import Selection
from trackwright_gen.source.parsing import Problem
from trackwright_gen.source.project import ReadOptions, read_project
from trackwright_gen.source.readings import KeptReadings

ROOT = Path("/nowhere")
OPTIONS = ReadOptions(legacy_models=("TaskStatus",), tracking_markers=(), today=TODAY, check_syntax=False)
WRAPPER = b"from celery import shared_task\n\ndef job(f):\n    return shared_task(f)\n"
TASK = b"from wrapper import job\n\n@job\ndef add(x): return x\n"


def jobs(readings: KeptReadings | None, **files: bytes) -> list[str]:
    given = {ROOT / f"{name}.py": data for name, data in files.items()}
    selection = Selection((ROOT,), tuple(given), tuple(given))
    return [job.qualified_name for job in read_project(selection, OPTIONS, given, readings).jobs]


def test_kept_readings_change_no_answer() -> None:
    kept = KeptReadings()
    plain = WRAPPER.replace(b"shared_task(f)", b"f")
    for _ in range(2):
        for files in (
            {"wrapper": WRAPPER, "a": TASK},
            {"wrapper": plain, "a": TASK},
            {"wrapper": WRAPPER, "b": TASK},
            {"wrapper": WRAPPER, "a": TASK, "b": TASK},
        ):
            assert jobs(kept, **files) == jobs(None, **files)
    assert jobs(kept, wrapper=WRAPPER, a=TASK) == ["a.add"]


def test_a_content_is_parsed_once_under_each_of_its_names() -> None:
    kept = KeptReadings()
    one = kept.module(ROOT / "a.py", "a", TASK)
    assert kept.module(ROOT / "a.py", "a", TASK) is one
    other = kept.module(ROOT / "b.py", "b", TASK)
    assert not isinstance(other, Problem)
    assert other.name == "b"
    kept.forget([TASK])
    assert kept.module(ROOT / "a.py", "a", TASK) is not one


def test_a_broken_content_stays_broken() -> None:
    kept = KeptReadings()
    assert isinstance(kept.module(ROOT / "a.py", "a", b"def"), Problem)
    assert isinstance(kept.module(ROOT / "a.py", "a", b"def"), Problem)


def test_a_pattern_is_looked_for_where_one_of_its_texts_is() -> None:
    kept, pattern = KeptReadings(), re.compile(rb"\.s\s*\(")
    assert kept.matches(b"add.s (1)", pattern, (b".s",))
    assert not kept.matches(b"add.s (1)", pattern, (b".si",))
    assert not kept.matches(b"adds(1)", pattern, (b".s", b"s("))
