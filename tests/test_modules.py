"""No module grows past what one can keep in mind: 300 lines, but for those that ADR 36 names with its reasons."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_LINES = 300
DECISION = ROOT / "docs/adr/0036-modules-over-300-lines.md"


def test_no_module_is_longer_than_it_may_be() -> None:
    shipped = [path for name in ("runtime", "generator", "templates") for path in (ROOT / name).rglob("*.py")]
    assert len(shipped) > 200
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in shipped}
    allowed = {name: int(most) for name, most in re.findall(r"\| `(\S+)` \| (\d+) \|", DECISION.read_text())}
    assert set(allowed) <= set(lengths), "the decision names a module that is gone"
    assert {name: size for name, size in lengths.items() if size > allowed.get(name, MOST_LINES)} == {}
