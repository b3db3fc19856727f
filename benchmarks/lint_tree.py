"""Trees to lint: installed packages as they are, and Celery projects among them, as many files as are wanted."""

import itertools
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

EXCLUDED = frozenset({"site-packages", "venv", "build", "_build", "dist", "node_modules"})
"""Folders that one of the linters leaves out."""
PART = 1_000
"""Files in one part of a tree; each holds one Celery project."""

APP = "from celery import Celery\n\ncelery_app = Celery('{name}')\n"
MODELS = '''from sqlalchemy import Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trackwright import TaskTrackingMixin


class Base(DeclarativeBase):
    """The project's base."""


class TaskStatus(Base):
    """The legacy table."""

    __tablename__ = "task_status"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    task_type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))


class PriceTracking(TaskTrackingMixin, Base):
    """The domain's table."""

    __tablename__ = "price_task_tracking"
    product: Mapped[str] = mapped_column(String(40))
'''
DATABASE = """from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)
"""
TRACKED = """from trackwright.jobs import TaskRun, tracked_task

from {name}.app import celery_app
from {name}.database import SessionLocal
from {name}.models import PriceTracking


@tracked_task(celery_app, PriceTracking, session_factory=SessionLocal, soft_time_limit=60)
def price_{number}(run: TaskRun[PriceTracking]) -> None:
    run.tracking.product = str({number})
"""
UNTRACKED = """import logging

from {name}.app import celery_app

logger = logging.getLogger(__name__)


@celery_app.task(bind=True, name="{name}.mail_{number}", max_retries=3)
def mail_{number}(self, address):
    try:
        logger.info("mail to %s", address)
    except OSError as error:
        raise self.retry(exc=error, countdown=2**self.request.retries)
"""
LEGACY = """from celery import shared_task

from {name}.database import SessionLocal
from {name}.models import TaskStatus


@shared_task
def report_{number}(status_id):
    session = SessionLocal()
    row = session.query(TaskStatus).get(status_id)
    row.status = "running"
    session.commit()
    try:
        total = sum(range({number}))
        row.status = "done"
    except ValueError:
        row.status = "failed"
        raise
    finally:
        session.commit()
    return total
"""
ENDPOINT = """from fastapi import APIRouter

from {name}.tasks.mail_{number} import mail_{number}

router = APIRouter()


@router.post("/mail/{number}")
def send(address: str) -> str:
    return str(mail_{number}.delay(address))
"""
KINDS = {"tasks/price": TRACKED, "tasks/mail": UNTRACKED, "tasks/report": LEGACY, "api/send": ENDPOINT}
EACH = 6
"""Files of each kind in one project."""


def build(root: Path, files: int) -> None:
    """Write a tree of about so many Python files, in parts of a thousand."""
    sources = itertools.cycle(sorted(_installed()))
    for part in range(max(files // PART, 1)):
        folder = root / f"part{part:02}"
        project = folder / f"shop{part:02}"
        _write_project(project, project.name)
        wanted = min(PART, files) - sum(1 for _ in folder.rglob("*.py"))
        for position, (package, source) in enumerate(itertools.islice(sources, wanted)):
            # Packages that the environment brings twice, or a second round over all of them.
            target = folder / "lib" / package
            target = target if not target.exists() else folder / f"lib{position}" / package
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _installed() -> Iterator[tuple[Path, Path]]:
    """Python files of the environment and the standard library, by where they lie in it."""
    for kind in ("purelib", "stdlib"):
        folder = Path(sysconfig.get_path(kind))
        for path in folder.rglob("*.py"):
            inside = path.relative_to(folder)
            if EXCLUDED.isdisjoint(inside.parts):
                yield inside, path


def _write_project(folder: Path, name: str) -> None:
    files = {"app.py": APP, "models.py": MODELS, "database.py": DATABASE}
    files |= dict.fromkeys(("__init__.py", "tasks/__init__.py", "api/__init__.py"), "")
    for (kind, text), number in itertools.product(KINDS.items(), range(EACH)):
        files[f"{kind}_{number}.py"] = text.replace("{number}", str(number))
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("{name}", name), encoding="utf-8")
