"""Pages of audits: of the example shop on its day, and of names that nobody would choose with good intent."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from audit_shop import TODAY, build_shop
from click.testing import CliRunner
from git_repositories import GitRepository

from trackwright_gen.cli.group import trackwright

MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
LONG = "x" * 300


class FixedDate(dt.date):
    """The day on which the shop is looked at."""

    @classmethod
    def today(cls) -> "FixedDate":
        return cls(TODAY.year, TODAY.month, TODAY.day)


@contextmanager
def on_the_day() -> Iterator[None]:
    """Let the calendar show the shop's day: exemptions and ages count from it."""
    with patch("trackwright_gen.cli.source_options.dt", SimpleNamespace(date=FixedDate)):
        yield


def shop_page(folder: Path) -> Path:
    """The page of the example shop."""
    shop = build_shop(folder / "shop").folder
    with on_the_day():
        return _page(shop)


def hostile_page(folder: Path) -> Path:
    """The page of a repository whose people, paths, names and reasons want to be more than text."""
    repository = GitRepository(folder / LONG[:80])
    task = f"from celery import shared_task\n\n@shared_task(name={MARKUP + LONG!r})\ndef f(): ...\n"
    reason = f"# trackwright: exempt[TW101] reason='{MARKUP} {LONG}' approved-by='{LONG}'\n"
    files = {f"{LONG[:100]}<b>.py": task, "excused.py": task.replace("@", f"{reason}@", 1)}
    repository.commit(files, author=f"{LONG}<i>x <a@b>")
    repository.commit({"other.py": "from celery import shared_task\n\n@shared_task\ndef g(): ...\n"})
    return _page(repository.folder)


def _page(folder: Path) -> Path:
    done = CliRunner().invoke(
        trackwright, ["audit", "-C", str(folder), "--output", "audit.html", "--no-cache"]
    )
    assert done.exit_code == 0, done.output
    return folder / "audit.html"
