"""No module grows past what one can keep in mind: 300 lines."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_LINES = 300


def test_no_module_is_longer_than_300_lines() -> None:
    shipped = [path for name in ("runtime", "generator", "templates") for path in (ROOT / name).rglob("*.py")]
    assert len(shipped) > 200
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in shipped}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
