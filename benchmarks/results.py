"""What was measured, when and where: kept as JSON, shown as a page."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg
import redis

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

import servers
from figure import Figure

LIBRARIES = ("SQLAlchemy", "Celery", "kombu", "psycopg", "pydantic", "copier", "LibCST", "ruff")
TITLES = {
    "runtime": "What tracking costs a task",
    "bulk": "Many rows at once",
    "queries": "Queries on a large table",
    "legacy": "Copying a legacy table",
    "generate": "Generating",
    "lint": "Linting",
    "codemod": "Moving legacy tasks",
    "audit": "Auditing a history",
}
NOTES = {
    "runtime": """\
A prefork pool of two, a body that does nothing, results ignored, medians of interleaved rounds. The floor is psycopg
with one guarded UPDATE per transition; the naive ORM tracker gets, sets and commits; the database backend is Celery's
own result backend in the same PostgreSQL, extended, with `track_started`. What trackwright does beyond the floor: the
row is inserted in the caller's own session and transaction with ids and defaults read back, claims carry a lease and
the process that holds them, endings settle what waits for the row.
""",
}
HEAD = """\
# Benchmarks

Ratios of one run on one machine; run them on yours: `make benchmarks`, or `make benchmarks ONLY="bulk lint"`.
Every speed that we claim comes from a script in `benchmarks/`, whose docstring says what it measures.
A target was set before its figure was known. This page is written by `benchmarks/all.py`.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One script's figures, the day, the seconds that it took, and what they were measured on."""

    date: str
    seconds: int
    where: str
    figures: list[Figure]


def read(file: Path) -> dict[str, Result]:
    """What is kept; nothing before the first run."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {
        script: Result(**{**one, "figures": [Figure(**figure) for figure in one["figures"]]})
        for script, one in kept.items()
    }


def write(results: dict[str, Result], file: Path, page: Path) -> None:
    """Keep the results, and write their page."""
    kept = {script: asdict(result) for script, result in results.items()}
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    page.write_text(rendered(results), encoding="utf-8")


def rendered(results: dict[str, Result]) -> str:
    """The page."""
    return "\n".join([HEAD, *(_section(script, result) for script, result in results.items())])


def _section(script: str, result: Result) -> str:
    measured = f"`benchmarks/{script}.py`, {result.date}, {result.seconds} s. {result.where}."
    rows = [
        f"| {one.what} | {one.value:.2f}{one.unit} | {one.target} | {one.verdict} |" for one in result.figures
    ]
    table = "\n".join(["| what | measured | target | |", "| --- | --- | --- | --- |", *rows])
    note = [NOTES[script]] if script in NOTES else []
    return "\n\n".join([f"## {TITLES[script]}", measured, *note, table]).replace("\n\n\n", "\n\n") + "\n"


def surroundings() -> str:
    """The machine and the versions, without a name of either."""
    cores, pages = os.cpu_count(), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    machine = f"{cores} cores ({platform.machine()}), {pages / 2**30:.0f} GiB"
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return ", ".join([machine, f"Python {platform.python_version()}", *_servers(), *libraries])


def _servers() -> list[str]:
    with servers.postgresql() as url, psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        postgresql = str(connection.info.server_version // 10000)
    with servers.redis_url() as url, redis.Redis.from_url(url) as client:
        told = dict(client.info("server"))
    return [f"PostgreSQL {postgresql}", f"Redis {told['redis_version']}"]
