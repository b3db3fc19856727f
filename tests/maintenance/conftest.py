"""A project with made-up rows, and the real commands run on it as processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ops_models import Base
from sqlalchemy import Engine, create_engine, insert, select

from trackwright.sqlite import configure_sqlite

SUPPORT = Path(__file__).parents[1] / "support"
COMMAND = Path(sys.executable).with_name("trackwright")


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, read."""
        return json.loads(self.out)


@dataclass
class Ops:
    """What a test needs: the tables, rows of any age, the command."""

    engine: Engine
    environment: dict[str, str]
    folder: Path
    tables: Any

    def add(
        self, *statuses: str, domain: str = "order", age: timedelta = timedelta(), **values: Any
    ) -> list[int]:
        """Insert rows that were made `age` ago, and ended then where their status is an end."""
        moment = datetime.now(UTC) - age
        table = self.tables[f"{domain}_task_tracking"]
        ids: list[int] = []
        with self.engine.begin() as connection:
            for status in statuses:
                row = {"status": status, "created_at": moment, "updated_at": moment}
                if status not in {"PENDING", "PROCESSING"}:
                    row |= {"started_at": moment, "completed_at": moment}
                made = connection.execute(insert(table).values({**row, **values}).returning(table.c.id))
                ids.append(made.scalar_one())
        return ids

    def rows(self, domain: str = "order") -> dict[int, Any]:
        """All rows by id."""
        table = self.tables[f"{domain}_task_tracking"]
        with self.engine.connect() as connection:
            return {row.id: row for row in connection.execute(select(table))}

    def run(self, *arguments: str, app: str = "ops_app:celery_app", **environment: str) -> Ended:
        """Run the command as a process."""
        ended = subprocess.run(
            [str(COMMAND), *arguments, "--app", app],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, **self.environment, **environment},
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def ops(database_url: str, tmp_path: Path) -> Iterator[Ops]:
    """The project on a fresh database with its tables."""
    environment = {
        "DATABASE_URL": database_url,
        "BROKER_URL": "memory://",
        "PYTHONPATH": str(SUPPORT),
        "COLUMNS": "160",
    }
    engine = create_engine(database_url)
    configure_sqlite(engine)
    Base.metadata.create_all(engine)
    yield Ops(engine, environment, tmp_path, Base.metadata.tables)
    engine.dispose()
