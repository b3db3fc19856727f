"""Real git repositories, written commit by commit in a test's body."""

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

START = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)


class GitRepository:
    """A repository in a folder; each commit is a day after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._day = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str | bytes, given: bytes = b"", author: str = "Ada <ada@example.com>") -> str:
        """Run git as an author, on the repository's day."""
        name, _, email = author.partition(" <")
        when = (START + dt.timedelta(days=self._day)).isoformat()
        settings = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email.strip(">"),
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email.strip(">"),
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
        }
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**os.environ, **settings},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode(errors="surrogateescape").strip()

    def pass_days(self, days: int) -> None:
        """Let time go by before the next commit."""
        self._day += days

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files, their text dedented; None removes one."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode()
            path.write_bytes(data)

    def commit(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        author: str = "Ada <ada@example.com>",
        message: str = ".",
    ) -> str:
        """Write files and commit all that is there; the commit's id."""
        self.write(files)
        self._day += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message, author=author)
        return self.git("rev-parse", "HEAD")
