"""A script that runs the depot's tasks one by one, before and after they moved, and prints what came of each."""

DRIVE = '''
"""Tasks run at once, in this process; what waits for another attempt gets it without the wait."""

import json
import os
from pathlib import Path
from typing import Any

from celery.exceptions import CeleryError
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.session import SessionLocal
from app.main import app
from app.worker import celery_app

FOLDER = Path(os.environ["SUPPLIERS"])
FIELDS = {"price_refresh": "sku", "invoice": "order_id", "order_import": "filename", "stock_update": "sku"}
STATUS = {"success": "COMPLETED", "error": "FAILED", "running": "PROCESSING", "pending": "PENDING"}


def main() -> None:
    """Print the outcome of every case as JSON."""
    celery_app.conf.task_always_eager = True
    celery_app.conf.task_eager_propagates = False
    client = TestClient(app, raise_server_exceptions=False)
    outcomes = {
        "a price": case(client, "/products/tea/price", "price_refresh", "tea", {"tea.price": "4.256"}),
        "a price at the second attempt": case(
            client, "/products/tea/price", "price_refresh", "tea", {"tea.price": "5", "tea.down": "1"}
        ),
        "no price at all": case(client, "/products/salt/price", "price_refresh", "salt", {"salt.down": "99"}),
        "an invoice": case(client, "/orders/1/invoice", "invoice", "1", {}),
        "an invoice without a price": case(client, "/orders/2/invoice", "invoice", "2", {}),
        "an invoice of no order": case(client, "/orders/77/invoice", "invoice", "77", {}),
        "an import": case(client, "/imports/good.json", "order_import", "good.json", {"good.json": LINES}),
        "an import at the second attempt": case(
            client,
            "/imports/late.json",
            "order_import",
            "late.json",
            {"late.json": LINES, "late.json.down": "1"},
        ),
        "an import that stops in the middle": case(
            client, "/imports/bad.json", "order_import", "bad.json", {"bad.json": BAD}
        ),
        "stock": case(client, "/products/tea/stock?change=5", "stock_update", "tea", {}),
        "stock of nothing": case(client, "/products/none/stock?change=5", "stock_update", "none", {}),
    }
    print(json.dumps(outcomes))


LINES = json.dumps([{"sku": "tea", "quantity": 1}, {"sku": "salt", "quantity": 2}])
BAD = json.dumps(
    [{"sku": "tea", "quantity": 7}, {"sku": "salt", "quantity": -1}, {"sku": "tea", "quantity": 9}]
)


def case(client: TestClient, path: str, kind: str, key: str, files: dict[str, str]) -> Any:
    """One request and all that follows from it."""
    for old in FOLDER.iterdir():
        old.unlink()
    for name, content in files.items():
        (FOLDER / name).write_text(content)
    client.post(path)
    finish(kind)
    questions = FOLDER / "questions"
    status, error = row(kind, key)
    return {
        "status": status,
        "error": error if status == "FAILED" else None,
        "questions": questions.read_text().split() if questions.exists() else [],
        "products": read("SELECT sku, price, stock FROM products ORDER BY sku"),
        "orders": read("SELECT sku, quantity, source, invoice FROM orders ORDER BY id"),
    }


def finish(kind: str) -> None:
    """Give rows that wait for another attempt their attempts."""
    table = f"{kind}_task_tracking"
    if not read(f"SELECT 1 FROM pg_tables WHERE tablename = '{table}'"):
        return
    task = next(each for name, each in celery_app.tasks.items() if name.startswith(f"app.tasks.{kind}."))
    while waiting := read(f"SELECT id FROM {table} WHERE status = 'PENDING' ORDER BY id"):
        with SessionLocal() as session:
            session.execute(text(f"UPDATE {table} SET scheduled_at = NULL WHERE status = 'PENDING'"))
            session.commit()
        try:
            task.apply((int(waiting[0][0]),))
        except CeleryError:
            pass


def row(kind: str, key: str) -> tuple[str, str | None]:
    """Status and error of the newest row about something."""
    table = f"{kind}_task_tracking"
    if read(f"SELECT 1 FROM pg_tables WHERE tablename = '{table}'"):
        ((status, error),) = read(
            f"SELECT status, error_message FROM {table} WHERE {FIELDS[kind]}::text = '{key}' ORDER BY id DESC LIMIT 1"
        )
        return status, error
    where = (
        f"stock_updates WHERE sku = '{key}'"
        if kind == "stock_update"
        else f"task_status WHERE task_type = '{kind}' AND resource_id = '{key}'"
    )
    ((status, error),) = read(f"SELECT status, error FROM {where} ORDER BY id DESC LIMIT 1")
    return STATUS[status], error


def read(statement: str) -> list[tuple[Any, ...]]:
    """Rows, as JSON has them."""
    with SessionLocal() as session:
        return [tuple(str(value) for value in each) for each in session.execute(text(statement))]


if __name__ == "__main__":
    main()
'''
