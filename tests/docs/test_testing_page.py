"""The tests on the page about testing are a project's tests, and pass."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
DOCS = Path(__file__).parents[2] / "docs"
FILES = re.compile(r"```python\n# (?P<name>\S+\.py)\n(?P<code>.*?)```", re.DOTALL)


def test_the_pages_tests_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "testing.md").read_text(encoding="utf-8")
    files = {match["name"]: match["code"] for match in FILES.finditer(page)}
    assert len(files) == page.count("```python") == 4
    for name, code in files.items():
        (pytester.path / name).write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(DOCS / "shop"))
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    result.assert_outcomes(passed=5)


def test_every_fixture_is_in_its_table() -> None:
    import trackwright_pytest

    table = (DOCS / "testing.md").read_text(encoding="utf-8").partition("## A task")[0]
    assert [name for name in trackwright_pytest.__all__ if f"| `{name}` |" not in table] == []
