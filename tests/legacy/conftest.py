"""The old table beside the new one, and what a test does to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from legacy_models import MOMENT, Base, LegacyBase, OldStatus, PriceTracking
from sqlalchemy import Engine, create_engine, insert, select, update
from sqlalchemy.orm import sessionmaker

from trackwright.jobs.database import Database, database_of
from trackwright.maintenance.legacy import (
    CopyStep,
    Move,
    Verification,
    copy_rows,
    moves_of,
    refusals,
    verify,
)
from trackwright.sqlite import configure_sqlite


@dataclass
class Old:
    """The old table and the way out of it."""

    engine: Engine
    database: Database

    def add(self, status: str | None, **values: Any) -> int:
        """Insert one legacy row."""
        row = {
            "task_type": "price",
            "status": status,
            "resource_id": None,
            "created_at": MOMENT,
            "task_metadata": None,
        }
        with self.engine.begin() as connection:
            made = connection.execute(insert(OldStatus).values({**row, **values}).returning(OldStatus.id))
            key = made.scalar_one()
            if values.get("resource_id") is None:
                connection.execute(update(OldStatus).where(OldStatus.id == key).values(resource_id=f"e{key}"))
        return key

    def change(self, key: int, **values: Any) -> None:
        """What old code does to a row."""
        with self.engine.begin() as connection:
            connection.execute(update(OldStatus).where(OldStatus.id == key).values(**values))

    def move(self) -> Move:
        """The way of the table's rows."""
        (move,) = self.database.read(partial(moves_of, PriceTracking))
        return move

    def copy(self, batch: int = 100) -> CopyStep:
        """Copy all, and say what was done."""
        return sum(copy_rows(self.database, self.move(), batch=batch), CopyStep())

    def verify(self) -> Verification:
        """Compare both sides."""
        return self.database.read(partial(verify, self.move()))

    def reasons(self) -> dict[int, str]:
        """Why legacy rows have no tracking row."""
        found = self.database.read(partial(refusals, self.move()))
        return {int(link.source_id): str(link.reason) for link in found}

    def rows(self) -> dict[int, Any]:
        """The domain's rows by their legacy id."""
        with self.engine.connect() as connection:
            table = PriceTracking.__table__
            return {int(row.metadata["legacy"]["id"]): row for row in connection.execute(select(table)).all()}


@pytest.fixture
def old(database_url: str) -> Iterator[Old]:
    """The old table, empty, beside the empty new one."""
    engine = create_engine(database_url)
    configure_sqlite(engine)
    LegacyBase.metadata.create_all(engine)
    Base.metadata.create_all(engine)
    factory = sessionmaker(engine)
    yield Old(engine, database_of(factory, PriceTracking))
    engine.dispose()
