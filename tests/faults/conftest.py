"""A project on servers of the test's own, which it may kill, and what brings all rows to their end."""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import servers
from projects import Project, loaded
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from workers import PATIENCE, Worker

from trackwright.clock import clock
from trackwright.maintenance import sweep_all

ENDS = {"COMPLETED", "FAILED", "CANCELLED"}
ATTEMPTS = 50
"""So many that faults do not use them up: a row that is not COMPLETED in the end was lost."""


@dataclass
class Ground:
    """A project, its servers, and the workers that are kept alive until every row has ended."""

    project: Project
    postgresql: servers.PostgresqlServer
    redis: servers.RedisServer
    workers: list[Worker] = field(default_factory=list[Worker])
    starts: int = 0

    def enqueue(self, number: int, case: str = "ok") -> list[int]:
        """Enqueue so many rows and commit."""
        app = self.project.app
        rows = [{"case": case, "max_attempts": ATTEMPTS}] * number
        with app.SessionLocal() as session:
            ids: list[int] = app.PriceService(session).enqueue_many(app.update_price, rows, commit=True)
            return ids

    def start(self, faults: str = "", **environment: str) -> Worker:
        """One more worker, with faults in it."""
        settings = {**self.project.environment, "FAULTS": faults, **environment}
        options = ("--include", "faults", "--pool", "prefork", "--concurrency", "2")
        started = Worker(self.project.name, settings, self.project.folder, *options)
        self.starts += 1
        self.workers.append(started)
        return started

    def keep_alive(self, faults: str) -> None:
        """Start a worker for every one that has died."""
        dead = [worker for worker in self.workers if worker.process.poll() is not None]
        for worker in dead:
            self.workers.remove(worker)
            self.start(faults)

    def make_due(self) -> None:
        """As if the five minutes were over after which the sweep believes messages lost."""
        table = self.project.app.PriceTracking.__table__
        with self.project.app.engine.begin() as connection:
            waiting = update(table).where(table.c.status == "PENDING", table.c.dispatch_at.is_not(None))
            connection.execute(waiting.values(dispatch_at=clock(), scheduled_at=None))

    def wait_for_ends(self, number: int, faults: str = "", *, patience: float = PATIENCE) -> None:
        """Keep workers alive and sweep until so many rows have ended."""
        deadline = time.monotonic() + patience
        last = time.monotonic()
        while (ended := self.ended()) < number:
            if time.monotonic() > deadline:
                log = (self.project.folder / "worker.log").read_text(errors="replace")[-6000:]
                message = f"{ended} of {number} rows ended in {patience:.0f} s: {self.statuses()}\n{log}"
                raise TimeoutError(message)
            self.keep_alive(faults)
            if (
                time.monotonic() - last > 1
            ):  # often enough to be quick, not so often that all rows are sent twice
                self.make_due()
                sweep_all(self.project.app.celery_app)
                last = time.monotonic()
            time.sleep(0.1)

    def statuses(self) -> Counter[str]:
        """How many rows have each status."""
        with self.project.app.SessionLocal() as session:
            return Counter(session.scalars(select(self.project.app.PriceTracking.status)))

    def ended(self) -> int:
        """How many rows are in an end state."""
        return sum(number for status, number in self.statuses().items() if status in ENDS)

    def assert_each_effect_once(self, ids: list[int]) -> None:
        """Every row is COMPLETED; no effect is missing, none is doubled."""
        app = self.project.app
        with app.SessionLocal() as session:
            effects = Counter(session.scalars(select(app.Effect.tracking_id)))
        assert self.statuses() == {"COMPLETED": len(ids)}
        assert effects == dict.fromkeys(ids, 1)

    def bring_back(self, start: Callable[[], None]) -> None:
        """Start a server again, and wait until it answers the test."""
        start()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self.statuses()
            except OperationalError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError


@pytest.fixture(scope="session")
def mortal_postgresql() -> Iterator[servers.PostgresqlServer]:
    """A PostgreSQL server that tests may kill and must bring back."""
    with servers.postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def mortal_redis() -> Iterator[servers.RedisServer]:
    """The same with Redis."""
    with servers.redis_server() as server:
        yield server


@pytest.fixture
def ground(
    mortal_postgresql: servers.PostgresqlServer,
    mortal_redis: servers.RedisServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Ground]:
    """A project in a database and a queue of its own."""
    name = f"q{uuid.uuid4().hex}"
    with servers.database(mortal_postgresql.url, name) as url:
        environment = {"DATABASE_URL": url, "BROKER_URL": mortal_redis.url, "QUEUE": name}
        for project in loaded("price_app", environment, tmp_path, monkeypatch):
            made = Ground(project, mortal_postgresql, mortal_redis)
            try:
                yield made
            finally:
                for worker in made.workers:
                    worker.kill()
