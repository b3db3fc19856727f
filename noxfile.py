"""The matrix: the suites beside other versions of Python and of what we build on. `make matrix`, or nox --session NAME.

An interpreter that this machine lacks is passed over, and said so.
"""

import os
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# pyenv's own shims give only the versions that it is told to show.
_PYENV = sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin"))
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, _PYENV)])

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EXTRAS = ("", "generator", "lint", "celery", "api", "metrics", "postgres", "sqlite", "all")
FAST = (
    "tests/cli",
    "tests/generator/test_generate.py",
    "tests/maintenance",
    "tests/merge",
    "tests/metrics",
    "tests/plan",
    "tests/project",
    "tests/render",
    "tests/rest/test_router.py",
    "tests/runtime",
    "tests/security",
    "tests/source",
    "tests/spec",
    "tests/write",
)
"""The suites without worker processes and without generated projects."""
DATABASES = (
    "tests/runtime",
    "tests/maintenance",
    "tests/rest/test_router.py",
    "tests/generator/test_generate.py",
)
WORKERS = (
    "tests/processes/test_worker.py",
    "tests/processes/test_main_process.py",
    "tests/runtime",
    "tests/maintenance",
)
KOMBU_OF_CELERY_5_4 = "kombu<5.5"
"""Celery 5.4 bounds the client of Redis and leaves kombu open, whose later versions refuse that client."""
NOT_ON_THE_LOWEST = (
    # Alembic reads pyproject.toml from 1.16 on; before, trackwright says so (another test holds that).
    "tests/project/test_registration.py::test_alembic_and_celery_see_what_is_registered[TOML_CONFIGURED]",
    "tests/project/test_registration.py::test_registrations_go_without_a_trace[TOML_CONFIGURED-True]",
    # The types of Celery's stubs and of its lowest version differ.
    "tests/cli/test_starter.py",
    # Plans of statements are PostgreSQL's, not ours, and take minutes.
    "tests/runtime/test_query_plans.py",
)


@nox.session(python=PYTHONS)
def suites(session: nox.Session) -> None:
    """The fast suites on each Python, with the newest of everything."""
    _installed(session)
    _test(session, *FAST)


@nox.session(python="3.11")
@nox.parametrize("version", ["2.0.40", "newest"])
def sqlalchemy(session: nox.Session, version: str) -> None:
    """What talks to databases, on the oldest and the newest SQLAlchemy."""
    _installed(session, *_pinned("sqlalchemy[asyncio]", version))
    _test(session, *DATABASES)


@nox.session(python="3.11")
@nox.parametrize("version", ["5.4.0", "newest"])
def celery(session: nox.Session, version: str) -> None:
    """What runs tasks, with real workers, on the oldest and the newest Celery."""
    old = () if version == "newest" else (KOMBU_OF_CELERY_5_4,)
    _installed(session, *_pinned("celery[redis]", version), *old)
    _test(session, *WORKERS)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """The fast suites on the lowest version of each direct dependency that pyproject.toml allows."""
    pins = Path(session.create_tmp()) / "lowest.txt"
    compiled = (
        "pip",
        "compile",
        "--quiet",
        "--all-extras",
        "--resolution",
        "lowest-direct",
        "--python-version",
        "3.11",
    )
    session.run_install(
        "uv", *compiled, "pyproject.toml", "--output-file", str(pins), external=True, silent=True
    )
    kept = [line for line in pins.read_text().splitlines() if not line.startswith("kombu==")]
    pins.write_text("\n".join([*kept, KOMBU_OF_CELERY_5_4]) + "\n")
    _installed(session, "--constraint", str(pins))
    # The lowest FastAPI's test client warns about the newest anyio, which it does not bound.
    suites = [one for one in FAST if not one.startswith("tests/rest")]
    _test(session, *suites, *(f"--deselect={one}" for one in NOT_ON_THE_LOWEST))


@nox.session(python="3.11")
@nox.parametrize("extra", EXTRAS)
def wheel(session: nox.Session, extra: str) -> None:
    """The installed wheel with one extra, or none: what it brings works, what it lacks names its extra."""
    folder = Path(session.create_tmp()).resolve()
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run_install("uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), external=True)
    (built,) = folder.glob("*.whl")
    session.install(
        f"trackwright[{extra}] @ {built.as_uri()}" if extra else f"trackwright @ {built.as_uri()}"
    )
    session.run("python", "-W", "error", "tests/packaging/extra.py", extra)


def _pinned(name: str, version: str) -> tuple[str, ...]:
    return () if version == "newest" else (f"{name}=={version}",)


def _installed(session: nox.Session, *more: str) -> None:
    session.install("--editable", ".[all]", "--group", "test", *more)


def _test(session: nox.Session, *arguments: str) -> None:
    session.run("python", "-m", "pytest", "-q", *(session.posargs or ("-n", "2")), *arguments)
