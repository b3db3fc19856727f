"""`make demo`: two domains from their specs to finished rows, in a new project, with a real worker.

Exit status 0 only if every row ended as it should.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from rich.console import Console  # noqa: E402
from show import failures, show_lint, show_rows, watch  # noqa: E402
from work import cancel_what_shall_be_cancelled, enqueue, rows_now  # noqa: E402
from workers import worker  # noqa: E402

from project import Environment, run_trackwright, scaffold  # noqa: E402 -- after the path above

console = Console()


def main() -> int:
    """Run the demo; the exit status."""
    arguments = _arguments()
    with ExitStack() as cleanup:
        folder = arguments.keep or Path(
            cleanup.enter_context(tempfile.TemporaryDirectory(prefix="trackwright-demo-"))
        )
        project = folder.resolve() / "shop"
        environment = _environment(project, cleanup, services=arguments.services)
        scaffold(project, environment, console)
        rows = _work(project, environment)
        show_rows(rows, console)
        findings, jobs = _as_json(project, environment, "lint"), _as_json(project, environment, "tasks")
        show_lint(findings, jobs, console)
        if arguments.report:
            arguments.report.write_text(json.dumps(rows, indent=2, default=str))
    wrong = [*failures(rows), *(finding["message"] for finding in findings)]
    wrong += [f"{job['name']} is not tracked" for job in jobs if not job["tracked"]]
    for line in wrong:
        console.print(f"[red]{line}")
    if not wrong:
        console.print("[green]every row ended as it should")
    if arguments.keep:
        console.print(f"the project is in {project}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--services", action="store_true", help="PostgreSQL and Redis instead of SQLite and files"
    )
    parser.add_argument("--keep", type=Path, help="make the project in this folder and leave it there")
    parser.add_argument("--report", type=Path, help="write the rows as JSON")
    return parser.parse_args()


def _environment(project: Path, cleanup: ExitStack, *, services: bool) -> Environment:
    if not services:
        # The starter's own defaults: SQLite, and a broker in the project's folder.
        return {}
    import servers

    url = cleanup.enter_context(servers.database(cleanup.enter_context(servers.postgresql()), "shop"))
    broker = cleanup.enter_context(servers.redis_url())
    console.print(f"PostgreSQL and Redis are up for {project.name}")
    return {"DATABASE_URL": url, "CELERY_BROKER_URL": broker}


def _as_json(project: Path, environment: Environment, command: str) -> list[dict[str, Any]]:
    result = run_trackwright(project, environment, command, "--output-format", "json", check=False)
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def _work(project: Path, environment: Environment) -> list[dict[str, Any]]:
    queues = ("--queues", "celery,prices,contributions")
    pool = ("--pool", "prefork", "--concurrency", "2")
    with worker("app.worker", environment, project, *pool, *queues) as running:
        expected = enqueue(project, environment)
        watch(expected, running.log, lambda: cancel_what_shall_be_cancelled(expected), console)
        return rows_now(expected)


if __name__ == "__main__":
    sys.exit(main())
