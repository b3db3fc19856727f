"""The demo's project: scaffolded, given two tables of its own and bodies for its tasks, migrated."""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
Environment = dict[str, str]

MODELS = '''"""What the shop's tasks work on."""

from decimal import Decimal

from sqlalchemy import Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class Etf(Base):
    """A fund with its last price."""

    __tablename__ = "etfs"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))


class PensionEtf(Base):
    """A pension plan's position."""

    __tablename__ = "pension_etfs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    booked: Mapped[Decimal] = mapped_column(Numeric(20, 2), default=Decimal(0), server_default="0")
'''
PRICE_BODY = """    if run.tracking.source == "flaky" and run.attempt == 1:
        message = "the quote server did not answer"
        raise ConnectionError(message)
    if run.tracking.source == "down":
        message = f"the quote server is down (attempt {run.attempt})"
        raise ConnectionError(message)
    run.session.execute(update(Etf).where(Etf.id == run.tracking.etf_id).values(price=run.tracking.price))
"""
CONTRIBUTION_BODY = """    run.session.execute(
        update(PensionEtf)
        .where(PensionEtf.id == run.tracking.pension_id)
        .values(booked=PensionEtf.booked + run.tracking.amount)
    )
    if run.tracking.currency == "CHF":
        # Waits for a bank that never answers, until somebody cancels.
        run.session.rollback()
        while True:
            await asyncio.sleep(0.1)
            run.checkpoint()
"""


def scaffold(project: Path, environment: Environment, console: Console) -> None:
    """Make the project, step by step, as its developer would."""
    project.parent.mkdir(parents=True, exist_ok=True)
    _say(console, "trackwright init --starter shop")
    run_trackwright(project.parent, environment, "init", "--starter", str(project))
    (project / "app" / "models" / "shop.py").write_text(MODELS)
    _append(project / "app" / "models" / "__init__.py", "from app.models.shop import Etf as Etf\n")
    _alembic(project, environment, "revision", "--autogenerate", "-m", "create the shop's own tables")
    for spec in sorted(EXAMPLES.glob("*.yaml")):
        # Waits of minutes would make a long demo: here the first wait is up to a second.
        text = spec.read_text().replace("base: 60s", "base: 1s").replace("base: 2m", "base: 1s")
        (project / "tracking" / spec.name).write_text(text)
    _say(console, "trackwright generate")
    console.print(
        run_trackwright(project, environment, "generate").stdout.rstrip(), highlight=False, soft_wrap=True
    )
    _write_body(
        project / "app" / "tasks" / "etf_price_update.py", PRICE_BODY, "from app.models.shop import Etf"
    )
    _write_body(
        project / "app" / "tasks" / "contribution_realization.py",
        CONTRIBUTION_BODY,
        "import asyncio\nfrom app.models.shop import PensionEtf",
    )
    _say(console, "alembic upgrade head")
    _alembic(project, environment, "upgrade", "head")
    _alembic(project, environment, "check")


def run_trackwright(
    folder: Path, environment: Environment, *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run the trackwright command in a folder."""
    return _run(folder, environment, "trackwright_gen", *arguments, check=check)


def _alembic(project: Path, environment: Environment, *arguments: str) -> None:
    _run(project, environment, "alembic.config", *arguments, check=True)


def _run(
    folder: Path, environment: Environment, module: str, *arguments: str, check: bool
) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if check and result.returncode != 0:
        command = " ".join((module, *arguments))
        sys.exit(f"{command} failed with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result


def _write_body(path: Path, body: str, imports: str) -> None:
    """Put a body where the generated task says so, and its imports on top."""
    head, marker, _ = path.read_text().partition("    # Your work goes here")
    if not marker:
        sys.exit(f"{path}: no place for the body")
    docstring, _, rest = head.partition("\n\n")
    path.write_text(f"{docstring}\n\n{imports}\nfrom sqlalchemy import update\n{rest.lstrip()}{body}")


def _append(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line)


def _say(console: Console, command: str) -> None:
    console.print(f"[bold]$ {command}")
