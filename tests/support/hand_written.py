"""A project whose table of background work was made by hand, long before anything tracked it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner
from file_tree import write_tree
from target_projects import ALEMBIC, COMMON, SYNC_DATABASE

from trackwright_gen.cli.group import trackwright

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

    def write(self, path: str, text: str) -> None:
        """Write another text of a file."""
        write_tree(self.root, {path: text})

    def python(self, code: str) -> str:
        """Run code of the project; what it prints."""
        return self.run(sys.executable, "-c", f"from app.old import *\n{code}")

    def alembic(self, *arguments: str) -> str:
        """Run Alembic's command."""
        return self.run(sys.executable, "-m", "alembic", *arguments)

    def run(self, *command: str) -> str:
        """Run a command in the project's folder; what it prints."""
        ran = self._ran(*command)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def fails(self, module: str, *arguments: str) -> str:
        """Run a module's command that fails; what it says."""
        ran = self._ran(sys.executable, "-m", module, *arguments)
        assert ran.returncode != 0, ran.stdout
        return ran.stderr

    def _ran(self, *command: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "PYTHONWARNINGS": "error::DeprecationWarning:app",
        }
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )

    @property
    def spec(self) -> Path:
        """Where the domain's spec lies."""
        return self.root / "tracking" / "etf_price.yaml"


def hand_written(root: Path, url: str) -> HandWritten:
    """Write the project; its database is not there yet."""
    files = {
        **COMMON,
        **ALEMBIC,
        "app/database.py": SYNC_DATABASE,
        "trackwright.toml": 'layout = "package"\n',
    }
    files |= {"app/models/updates.py": MODEL, "app/models/__init__.py": MODELS, "app/old.py": OLD_CODE}
    files |= {"migrations/versions/0002_updates.py": REVISION, "tracking/etf_price.yaml": SPEC}
    write_tree(root, files)
    return HandWritten(root, url)


REVISION = '''
    """updates, as Alembic makes it of the model"""

    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"
    branch_labels = None
    depends_on = None


    def upgrade():
        op.create_table(
            "etf_updates",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("etf_id", sa.String(length=12), nullable=False),
            sa.Column("state", sa.String(length=20), server_default="waiting", nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("error", sa.Text(), nullable=True),
            sa.Column("retry_count", sa.Integer(), nullable=False),
            sa.Column("created", sa.DateTime(), server_default=sa.func.now(), nullable=False),
            sa.Column("finished_at", sa.DateTime(), nullable=True),
            sa.Column("extra", sa.JSON(), nullable=True),
            sa.Column("source", sa.String(length=50), nullable=True),
            sa.CheckConstraint(
                "state IN ('waiting', 'retrying', 'running', 'done', 'broken')", name="known_state"
            ),
            sa.CheckConstraint("retry_count >= 0"),
            sa.ForeignKeyConstraint(["etf_id"], ["etfs.id"]),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint("etf_id", "day"),
        )
        op.create_index("ix_etf_updates_etf_id", "etf_updates", ["etf_id"])
        op.create_index("ix_etf_updates_state", "etf_updates", ["state"])
        op.create_index("ix_updates_by_day", "etf_updates", ["day", "state"])


    def downgrade():
        op.drop_table("etf_updates")
'''
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
            session.add_all(Etf(id=one) for one in "ABCDEFGH")
            session.flush()
            states = ("waiting", "retrying", "running", "done", "broken")
            for etf, state in zip("ABCDE", states, strict=True):
                session.add(EtfUpdate(etf_id=etf, state=state, day=DAY, created=CREATED, retry_count=2))
            session.commit()


    def add_lost():
        """A row with a word that the model does not know, as hands bring it about."""
        with Session(engine) as session:
            if engine.dialect.name == "postgresql":
                session.execute(text("ALTER TABLE etf_updates DROP CONSTRAINT known_state"))
            else:
                session.execute(text("PRAGMA ignore_check_constraints = 1"))
            session.add(EtfUpdate(etf_id="F", state="lost", day=DAY, created=CREATED))
            session.commit()


    def add(etf, state):
        """One row more."""
        with Session(engine) as session:
            session.add(EtfUpdate(etf_id=etf, state=state, day=DAY, created=CREATED))
            session.commit()


    def show():
        """All rows."""
        with Session(engine) as session:
            for row in session.scalars(select(EtfUpdate).order_by(EtfUpdate.id)):
                say(row)


    def say(row):
        """A row as old code has it."""
        print(row.id, row.etf_id, row.state, row.day, row.error, row.retry_count, row.created, row.finished_at)
        print(row.extra, row.source)


    def work():
        """Everything that code does with rows; ids are counted from the first new one."""
        with Session(engine) as session:
            made = EtfUpdate(etf_id="F", day=DAY, extra={"a": [1, None]})
            session.add(made)
            session.flush()
            first = made.id
            print(made.state, made.retry_count, type(made.created), made.created.tzinfo, made.source)
            made.state, made.finished_at, made.error = "running", CREATED, "none yet"
            session.flush()
            session.commit()
            session.expire_all()
            again = session.scalars(select(EtfUpdate).filter_by(state="running", etf_id="F")).one()
            print(again is made, made.id - first, made.finished_at, made.extra, made.error)
            session.add_all(EtfUpdate(etf_id=one, day=date(2026, 2, 3), state="retrying") for one in "AGH")
            session.commit()
            print([(one.etf_id, one.id - first) for one in session.scalars(
                select(EtfUpdate).where(EtfUpdate.state == "retrying", EtfUpdate.id > 5).order_by(EtfUpdate.id))])
            claim = update(EtfUpdate).where(EtfUpdate.etf_id == "G", EtfUpdate.state == "retrying")
            print(session.execute(claim.values(state="running")).rowcount)
            print(session.execute(claim.values(state="running")).rowcount)
            print(session.execute(
                update(EtfUpdate).where(EtfUpdate.id > 5).values(retry_count=EtfUpdate.retry_count + 3)).rowcount)
            rows = session.execute(select(EtfUpdate.state, func.count()).where(EtfUpdate.id > 5)
                                   .group_by(EtfUpdate.state).order_by(EtfUpdate.state)).all()
            print([tuple(row) for row in rows])
            locked = session.scalars(select(EtfUpdate).filter_by(etf_id="H").with_for_update()).one()
            locked.state = "done"
            session.commit()
            print(locked.state, locked.retry_count, locked.created is not None)
            session.execute(insert(EtfUpdate), [
                {"etf_id": "B", "day": date(2026, 3, day), "state": "done", "extra": {"n": day}} for day in (1, 2)])
            session.commit()
            try:
                session.add(EtfUpdate(etf_id="F", day=DAY))
                session.commit()
            except Exception as error:
                print(type(error).__name__)
                session.rollback()
            session.delete(made)
            session.commit()
            print(session.execute(delete(EtfUpdate).where(EtfUpdate.id > 5, EtfUpdate.state == "done")).rowcount)
            print(session.execute(text("DELETE FROM etf_updates WHERE id > 5")).rowcount)
            session.commit()
            print(session.scalar(select(func.count(EtfUpdate.id))))


    def mend():
        """Give the lost row a word."""
        with engine.begin() as connection:
            connection.execute(text("UPDATE etf_updates SET state = \'broken\' WHERE state = \'lost\'"))
'''


ODD = '''
    """An old model in an old style."""

    import enum

    from sqlalchemy import Boolean, Column, DateTime, Enum, ForeignKey, Index, Integer, Numeric, Time, text
    from sqlalchemy.types import TypeDecorator

    from app.database import Base


    class State(enum.Enum):
        """What a job may be."""

        NEW = "n"
        RUNNING = "r"
        DONE = "d"
        FAILED = "f"


    class Money(TypeDecorator):
        """Cents."""

        impl = Numeric(20, 6)
        cache_ok = True


    class Stamped:
        """What every table has."""

        created_at = Column(DateTime(timezone=True), nullable=False, server_default=text("CURRENT_TIMESTAMP"))
        updated_at = Column(DateTime(timezone=True))


    class Job(Stamped, Base):
        """A job."""

        __tablename__ = "jobs"
        __table_args__ = (
            Index("jobs_open", "Class", postgresql_where=text('"Class" IS NOT NULL')),
            {"comment": "of old"},
        )

        job_no = Column(Integer, primary_key=True)
        status = Column(Enum(State), nullable=False, default=State.NEW)
        klass = Column("Class", Enum("a", "b", native_enum=False))
        etf = Column(ForeignKey("etfs.id", ondelete="CASCADE"))
        price = Column(Money(), nullable=False, server_default="1.50")
        urgent = Column(Boolean, server_default=text("false"), nullable=False)
        at = Column(Time)
'''


def invoke(project: HandWritten, *arguments: str) -> str:
    """Run one of our own commands in the project."""
    code, said = _invoked(project, *arguments)
    assert code == 0, said
    return said


def refused(project: HandWritten, *arguments: str) -> str:
    """Run a command that will not do it, and say why."""
    code, said = _invoked(project, *arguments)
    assert code == 2, said
    return said


def _invoked(project: HandWritten, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(trackwright, [arguments[0], "-C", str(project.root), *arguments[1:]])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def execute(project: HandWritten, sql: str) -> list[tuple[object, ...]]:
    """Run a statement in the project's database."""
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []
