"""`trackwright legacy task` run in a copy of the depot that was edited before."""

from click.testing import CliRunner
from depot_copy import Depot

from trackwright_gen.cli.group import trackwright

Edit = tuple[str, str, str]
"""A file, a text in it and what stands there instead."""

MAIN, PRICES, ORDERS = "app/main.py", "app/tasks/prices.py", "app/tasks/orders.py"
SEND = "refresh_price.delay(row.id, sku)"
QUERY = (
    "(\n        db.query(TaskStatus)\n"
    '        .filter(TaskStatus.task_type == "price_refresh", TaskStatus.id == status_id)\n'
    "        .first()\n    )"
)
"""How the depot finds a price's row."""


def moved(depot: Depot, *options: str, code: int = 0) -> str:
    """What the command says."""
    done = CliRunner().invoke(trackwright, ["legacy", "task", "-C", str(depot.root), *options])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def edited(depot: Depot, *edits: Edit) -> Depot:
    """A depot with other code."""
    for name, old, new in edits:
        depot.replace(name, old, new)
    return depot


def behind(name: str, text: str) -> Edit:
    """Code added below a file's logger or app."""
    head = "app = FastAPI()\n" if name == MAIN else "from app.worker import celery_app\n"
    return name, head, f"{head}\n\n{text}\n"
