"""A project with its database and broker, in the environment that workers and the test's process share."""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from workers import wait_until, worker

from trackwright import registry
from trackwright.jobs.loop import process_loop

SUPPORT = Path(__file__).parent
BUILT_UPON = ("price_app",)
"""What other projects import: it read its environment when it was imported."""


@dataclass
class Project:
    """What a test needs of the project: its module, the environment of its workers, a folder."""

    app: Any
    environment: dict[str, str]
    folder: Path
    name: str

    def start(self, *options: str) -> Any:
        """A worker as a process."""
        return worker(self.name, self.environment, self.folder, *options)

    def enqueue(self, *cases: str, task: str = "update_price") -> list[int]:
        """Enqueue one row per case and commit."""
        with self.app.SessionLocal() as session:
            service = self.app.PriceService(session)
            rows = [{"case": case} for case in cases]
            ids: list[int] = service.enqueue_many(getattr(self.app, task), rows, commit=True)
            return ids

    def row(self, tracking_id: int) -> Any:
        """A row as it is now."""
        with self.app.SessionLocal() as session:
            return self.app.PriceService(session).get_status(tracking_id)

    def effects(self, tracking_id: int) -> int:
        """How often the row's effect is there."""
        effect = self.app.Effect
        with self.app.SessionLocal() as session:
            return len(session.scalars(select(effect).where(effect.tracking_id == tracking_id)).all())

    def wait_for(self, tracking_id: int, *statuses: str) -> Any:
        """Wait until a row has one of the statuses."""
        wait_until(
            f"row {tracking_id} in {statuses}",
            lambda: self.row(tracking_id).status in statuses,
            self.folder / "worker.log",
        )
        return self.row(tracking_id)

    def wait_inside(self, tracking_id: int) -> int:
        """Wait until the row's body is running; the process id that runs it."""
        mark = self.folder / "marks" / str(tracking_id)
        wait_until(
            f"the body of {tracking_id}",
            lambda: mark.exists() and mark.read_text() != "",
            self.folder / "worker.log",
        )
        return int(mark.read_text())


def loaded(
    name: str, environment: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """Import the project's module in its environment; its tables exist until the end."""
    # The domains of projects that other tests of this process loaded: their databases are gone.
    monkeypatch.setattr(registry, "_domains", {})
    (folder / "marks").mkdir()
    environment = {**environment, "MARKS": str(folder / "marks")}
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    for module in (name, *BUILT_UPON):
        sys.modules.pop(module, None)
    app = importlib.import_module(name)
    app.Base.metadata.create_all(app.engine)
    try:
        path = os.pathsep.join([str(SUPPORT), *sys.path])
        yield Project(app, {**environment, "PYTHONPATH": path}, folder, name)
    finally:
        app.celery_app.close()
        app.engine.dispose()
        process_loop().run(app.async_engine.dispose())
        for module in (name, *BUILT_UPON):
            sys.modules.pop(module, None)
