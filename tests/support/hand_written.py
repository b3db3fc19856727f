"""A project whose table of background work was made by hand, long before anything tracked it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from file_tree import write_tree
from target_projects import ALEMBIC, COMMON, SYNC_DATABASE

MODEL = '''
    """What the price updates of old are."""

    from datetime import date, datetime
    from typing import Any, Optional

    import sqlalchemy as sa
    from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
    from sqlalchemy.orm import Mapped, mapped_column

    from app.database import Base


    class EtfUpdate(Base):
        """One update of one price."""

        __tablename__ = "etf_updates"
        __table_args__ = (
            UniqueConstraint("etf_id", "day"),
            Index("ix_updates_by_day", "day", "state"),
            CheckConstraint("retry_count >= 0"),
            CheckConstraint("state IN ('waiting', 'retrying', 'running', 'done', 'broken')", name="known_state"),
        )

        id: Mapped[int] = mapped_column(primary_key=True)
        etf_id: Mapped[str] = mapped_column(String(12), ForeignKey("etfs.id"), index=True)
        state: Mapped[str] = mapped_column(String(20), default="waiting", server_default="waiting", index=True)
        day: Mapped[date]
        error: Mapped[Optional[str]] = mapped_column(Text)
        retry_count: Mapped[int] = mapped_column(default=0)
        created: Mapped[datetime] = mapped_column(sa.DateTime, server_default=sa.func.now())
        finished_at: Mapped[datetime | None]
        extra: Mapped[Any] = mapped_column(JSON, nullable=True)
        source: Mapped[Optional[str]] = mapped_column(String(50), default="xetra", unique=False)
'''
MODELS = '''
    """All models, so that Alembic sees them."""

    from app.database import Base
    from app.models.etf import Etf, PensionEtf
    from app.models.updates import EtfUpdate

    __all__ = ["Base", "Etf", "EtfUpdate", "PensionEtf"]
'''
SPEC = """
domain: etf_price
description: One update of one price.
fields:
  etf_id: {type: string, length: 12, required: true, references: etfs.id, index: true}
  day: {type: date, required: true}
  extra: {type: json}
  source: {type: string, length: 50, default: xetra}
unique:
  - [etf_id, day]
indexes:
  - {fields: [day, status]}
task:
  name: run_etf_price
adopt:
  table: etf_updates
  rename: {state: status, error: error_message, retry_count: attempts, created: created_at, finished_at: completed_at}
  status: {waiting: PENDING, retrying: PENDING, running: PROCESSING, done: COMPLETED, broken: FAILED}
allow_rewrite: [id, extra]
"""


@dataclass(frozen=True)
class HandWritten:
    """A project in its folder, its database, and how to run something in it."""

    root: Path
    url: str

    def python(self, code: str) -> str:
        """Run code of the project; what it prints."""
        return self.run(sys.executable, "-c", f"from app.old import *\n{code}")

    def alembic(self, *arguments: str) -> str:
        """Run Alembic's command."""
        return self.run(sys.executable, "-m", "alembic", *arguments)

    def run(self, *command: str) -> str:
        """Run a command in the project's folder; what it prints, or what it says when it fails."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "PYTHONWARNINGS": "error::DeprecationWarning:app",
        }
        ran = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    @property
    def spec(self) -> Path:
        """Where the domain's spec lies."""
        return self.root / "tracking" / "etf_price.yaml"


def hand_written(root: Path, url: str) -> HandWritten:
    """Write the project, with a first revision and the one that Alembic itself makes of the model."""
    files = {
        **COMMON,
        **ALEMBIC,
        "app/database.py": SYNC_DATABASE,
        "trackwright.toml": 'layout = "package"\n',
    }
    files |= {"app/models/updates.py": MODEL, "app/models/__init__.py": MODELS, "app/old.py": OLD_CODE}
    write_tree(root, files)
    project = HandWritten(root, url)
    project.alembic("upgrade", "head")
    project.alembic("revision", "--autogenerate", "-m", "updates", "--rev-id", "0002")
    project.alembic("upgrade", "head")
    project.alembic("check")
    return project


OLD_CODE = '''
    """How the code of old works with its rows: through the ORM, by hand, in bulk."""

    from datetime import date, datetime

    from sqlalchemy import delete, func, insert, select, text, update
    from sqlalchemy.orm import Session

    from app.database import engine
    from app.models import Etf, EtfUpdate

    DAY = date(2026, 1, 2)
    CREATED = datetime(2026, 1, 1, 10, 30, 0, 250000)


    def seed():
        """A row of each state."""
        with Session(engine) as session:
            session.add_all(Etf(id=one) for one in "ABCDEF")
            session.flush()
            states = ("waiting", "retrying", "running", "done", "broken")
            for etf, state in zip("ABCDE", states, strict=True):
                session.add(EtfUpdate(etf_id=etf, state=state, day=DAY, created=CREATED, retry_count=2))
            session.commit()
'''
