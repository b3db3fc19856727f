"""What reading a large spec costs, in calls of Python functions: a number that no busy machine changes."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import yaml

from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.source import SpecSource


def large(columns: int) -> str:
    """A spec with so many columns."""
    lines = (
        f"  field_{n}: {{type: decimal, precision: 20, scale: 6, required: true, comment: 'no. {n}'}}\n"
        for n in range(columns)
    )
    return "domain: large\nfields:\n" + "".join(lines)


def calls(work: Callable[[], object]) -> int:
    """How many Python functions are called; what C does counts nothing."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def read(text: str) -> Callable[[], object]:
    """Reading and checking a spec."""
    return lambda: parse_spec(SpecSource.of(Path("large.yaml"), text))


def test_reading_grows_no_faster_than_the_spec() -> None:
    read(large(1))()  # what is made at first use
    assert calls(read(large(400))) < 2.1 * calls(read(large(200)))


def test_reading_with_all_checks_takes_fewer_calls_than_plain_yaml() -> None:
    """PyYAML scans in Python unless it is told to use libyaml; reading here is libyaml's, with places on top."""
    text = large(200)
    read(text)()
    assert calls(read(text)) < calls(lambda: yaml.load(text, Loader=yaml.SafeLoader)) / 2
