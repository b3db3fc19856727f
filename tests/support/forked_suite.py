"""Run tests again and again in forks of a process that has imported all but the code: a second each, not a start.

The likeliest test comes first: those that failed for an earlier change of the same module, then the quickest.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HEAVY = (
    *(
        "aiosqlite",
        "alembic.command",
        "asyncpg",
        "celery.app.task",
        "click",
        "copier",
        "hypothesis",
        "libcst",
    ),
    *(
        "libcst.matchers",
        "psycopg",
        "pydantic",
        "pytest_asyncio",
        "rich.console",
        "sqlalchemy.ext.asyncio",
        "yaml",
    ),
)
LIKELY = 6
"""So many tests are tried before all of them are collected."""
PATIENCE = 3
"""What takes so many times as long as the suite hangs."""


@dataclass(slots=True)
class ForkedSuite:
    """The tests of a copy of the tree."""

    folder: Path
    tests: Sequence[str]
    heavy: Sequence[str] = HEAVY
    """What every test imports anyway."""
    grace: float = 30.0
    """Seconds that every run may take besides."""
    seconds: dict[str, float] = field(default_factory=dict)
    killers: dict[Path, Counter[str]] = field(default_factory=dict)

    def prepare(self) -> float:
        """Import what is not ours, run all tests once on the code as it is. Returns the seconds that they took.

        Raises:
            SystemExit: a test fails as it is.
        """
        for name in self.heavy:
            importlib.import_module(name)
        began = time.monotonic()
        if not self._passes(self.tests, 3600):
            output = (self.folder / "output.txt").read_text(encoding="utf-8")
            raise SystemExit(f"{output[-4000:]}\nthe tests fail before anything was changed")
        return time.monotonic() - began

    def notices(self, path: Path, text: str) -> bool:
        """Whether a test fails, or hangs, with another text of one module."""
        original = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            likely = [name for name, _ in self.killers.get(path, Counter()).most_common(LIKELY)]
            limit = self.grace + PATIENCE * sum(self.seconds.values())
            return (bool(likely) and not self._passes(likely, limit, path)) or not self._passes(
                self.tests, limit, path
            )
        finally:
            path.write_text(original, encoding="utf-8")

    def _passes(self, tests: Sequence[str], limit: float, path: Path | None = None) -> bool:
        told = self.folder / "told.json"
        told.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            self._run(tests, told, measure=path is None)
        passed = _exit_code(child, limit) == pytest.ExitCode.OK
        if told.exists():
            self._learn(json.loads(told.read_text(encoding="utf-8")), path)
        return passed

    def _learn(self, told: dict[str, dict[str, float]], path: Path | None) -> None:
        if path is None:
            self.seconds = told["passed"]
        else:
            self.killers.setdefault(path, Counter()).update(list(told["failed"]))

    def _run(self, tests: Sequence[str], told: Path, *, measure: bool) -> None:
        """Run pytest in the child, which ends here."""
        os.setsid()
        os.chdir(self.folder)
        sys.dont_write_bytecode = not measure
        with (self.folder / "output.txt").open("w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        witness = _Witness(self.seconds)
        options = ["-q", "-n", "0", "--assert=plain", *([] if measure else ["-x"])]
        try:
            code = pytest.main([*options, *tests], plugins=[witness])
        except BaseException:  # noqa: BLE001 -- a change may break what pytest itself needs
            traceback.print_exc()
            code = pytest.ExitCode.INTERNAL_ERROR
        told.write_text(json.dumps({"passed": witness.passed, "failed": witness.failed}), encoding="utf-8")
        sys.stdout.flush()
        os._exit(int(code))


class _Witness:
    """Puts quick tests first; notes what passed and failed, with the seconds."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._known = seconds
        self.passed: dict[str, float] = {}
        self.failed: dict[str, float] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._known.get(item.nodeid, 0.0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        into = self.failed if report.failed else self.passed
        into[report.nodeid] = into.get(report.nodeid, 0.0) + report.duration


def _exit_code(child: int, limit: float) -> int:
    """How a child ended; one that has not by then is ended with all that it started."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return pytest.ExitCode.INTERRUPTED
