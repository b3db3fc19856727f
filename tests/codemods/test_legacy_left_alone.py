"""Uses of a task and its rows that have no safe counterpart: nothing is written, and the reason is said."""

import textwrap

import pytest
from depot_copy import Depot
from legacy_moves import MAIN, ORDERS, PRICES, QUERY, SEND, Edit, behind, edited, moved

PRICE, INVOICE = "app.tasks.prices.refresh_price", "app.tasks.orders.render_invoice"
DECORATOR = "@celery_app.task(bind=True, max_retries=2, soft_time_limit=60)\n"
NEW = 'row = TaskStatus(task_type="price_refresh", status="pending", resource_id=sku)\n    db.add(row)'
STORED = f"{NEW}\n    db.commit()\n    db.refresh(row)"
SPEC = "tracking/price_refresh.yaml"
IS_PRICE = 'TaskStatus.task_type == "price_refresh"'

LEFT: dict[str, tuple[list[Edit], str]] = {
    # The function.
    "a variable `run`": (
        [(PRICES, "price = quote(sku)", "run = price = quote(sku)")],
        "it has a variable `run`",
    ),
    "any arguments": ([(PRICES, "sku: str):", "sku: str, **more):")], "it takes *args or **kwargs"),
    "a parameter that is no field": (
        [(PRICES, "sku: str):", "sku: str, place: str):"), (PRICES, "quote(sku)", "quote(sku + place)")],
        "its parameter `place` is no field of price_refresh",
    ),
    "a parameter of another type": (
        [(PRICES, "sku: str):", "sku: int):")],
        "its parameter `sku` is int, the field a string",
    ),
    "a parameter that may be left out": (
        [(PRICES, "sku: str):", 'sku: str = "tea"):')],
        'its parameter `sku` may be left out; say so in the spec: default: "tea"',
    ),
    "a name of a star": (
        [(PRICES, "from app.suppliers import quote", "from app.suppliers import *")],
        "nothing in its module says what `quote` is: import it by its name",
    ),
    "an async task": ([(PRICES, "def refresh_price", "async def refresh_price")], "it is async"),
    "a second decorator": (
        [(PRICES, DECORATOR, f"{DECORATOR}@rounded\n")],
        "not declared by one decorator alone",
    ),
    "its module sends it": (
        [behind(PRICES, 'def again():\n    refresh_price.delay(sku="tea")')],
        "its module sends it, and has `rounded`, which it needs: move that first",
    ),
    "a second task of the same rows": (
        [
            behind(
                PRICES,
                "@celery_app.task\ndef redo_price(status_id):\n    db = SessionLocal()\n"
                '    row = db.get(TaskStatus, status_id)\n    row.status = "running"',
            ),
            (MAIN, "prices import refresh_price", "prices import redo_price, refresh_price"),
            (MAIN, SEND, f"{SEND}\n    redo_price.delay(row.id)"),
        ],
        "redo_price writes the same rows",
    ),
    # Where it is sent.
    "another name of it": (
        [(MAIN, "import refresh_price", "import refresh_price as go"), (MAIN, SEND, "go.delay(row.id, sku)")],
        "it is imported as `go` inside of a function or under another name",
    ),
    "two statements in a row": ([(MAIN, SEND, f"{SEND}; print(sku)")], "it shares its line with another"),
    "a row without a name": (
        [(MAIN, NEW, NEW.replace("row = ", "db.add(row := ").replace("\n    db.add(row)", ")"))],
        "the new row is not simply given a name",
    ),
    "a row that is merged": (
        [(MAIN, NEW, NEW.replace("add", "merge"))],
        "is not added to a session beside it",
    ),
    "a row that is added by a keyword": (
        [(MAIN, NEW, NEW.replace("add(", "add(instance="))],
        "is not added to a session beside it",
    ),
    "a row that is handed on": (
        [(MAIN, STORED, STORED.replace("db.refresh", "db.expunge"))],
        "the new row is given to `db.expunge`",
    ),
    "a row that is not committed": (
        [(MAIN, STORED, f"{NEW}\n    db.flush()")],
        "the row is answered with, and is not committed here",
    ),
    "a row that leaves its block": (
        [
            (
                MAIN,
                f"{STORED}\n    {SEND}",
                "row = None\n    if sku:\n" + textwrap.indent(f"    {STORED}\n    {SEND}", "    "),
            )
        ],
        "`row` is used outside of the block that makes it",
    ),
    "it is sent in a branch": (
        [(MAIN, SEND, f"if sku:\n        {SEND}")],
        "the task is sent elsewhere than beside its new row",
    ),
    "what it sends is answered": ([(MAIN, SEND, f"return {SEND}")], "its result is used"),
    "a column that no field has": (
        [(MAIN, NEW, NEW.replace("sku)", 'sku, owner="me")'))],
        "the new row is given `owner`, which the spec maps to no field",
    ),
    "a column that the runtime fills": (
        [
            (SPEC, "retry_count: attempts", "retry_count: attempts\n    owner: scheduled_at"),
            (MAIN, NEW, NEW.replace("sku)", "sku, owner=now())")),
        ],
        "the new row is given `owner`, which became `scheduled_at`: the runtime fills that",
    ),
    "an argument that no field is": (
        [(MAIN, SEND, "refresh_price.delay(row.id, sku, force=True)")],
        "the task is given `force`, which is no field of price_refresh",
    ),
    "a field that must be given": (
        [
            (SPEC, "  sku: {", "  sku: {required: true, "),
            (MAIN, NEW, NEW.replace(", resource_id=sku", "")),
            (MAIN, SEND, "refresh_price.delay(row.id)"),
        ],
        "nothing here says what `sku` is, which every row must have",
    ),
    "a value that comes late": (
        [(MAIN, SEND, "wanted = sku.strip()\n    refresh_price.delay(row.id, wanted)")],
        "`wanted` is known only after the row was made",
    ),
    **{
        f"arguments that are not written out: {call}": (
            [(MAIN, SEND, f"values = []\n    refresh_price.{call}")],
            "what it is given is not written out here",
        )
        for call in (
            "delay(*values)",
            "delay(row.id, **values)",
            "apply_async(values)",
            "apply_async(args=[row.id, *values])",
            "apply_async(kwargs=values)",
            "apply_async([row.id], {**values})",
        )
    },
    # Where its rows are read.
    "a row that is written to by who reads it": (
        [(MAIN, f"row = {QUERY}", f'row = {QUERY}\n    row.error = "seen"')],
        "refreshing writes to rows of the task",
    ),
    **{
        f"rows that are read as {read}": (
            [
                (MAIN, f"row = {QUERY}", read),
                behind(MAIN, "FOUND = select(TaskStatus)"),
            ],
            "it reads rows of the task by more than their id",
        )
        for read in (
            'row = TaskStatus.query.filter_by(id=status_id, task_type="price_refresh").first()',
            f"row = db.query(TaskStatus).filter(TaskStatus.id == status_id, {IS_PRICE}).order_by(1).first()",
            f"row = db.query(TaskStatus).filter(TaskStatus.id.in_([status_id]), {IS_PRICE}).first()",
            f"row = db.execute(FOUND.where(TaskStatus.id == status_id, {IS_PRICE})).first()",
            f"row = db.scalars(select(TaskStatus).where(TaskStatus.id == status_id, {IS_PRICE}))",
            f"row = db.scalar(select(TaskStatus).where({IS_PRICE}))",
            f'row = cache.get("row", {IS_PRICE})',
            f"for row in db.query(TaskStatus).filter({IS_PRICE}):\n        break",
        )
    },
}


@pytest.mark.parametrize(("edits", "why"), LEFT.values(), ids=list(LEFT))
def test_left_alone(generated: Depot, edits: list[Edit], why: str) -> None:
    before = edited(generated, *edits).files()
    said = moved(generated, PRICE, code=1)
    assert f"left alone: {PRICE}" in said
    assert why in said
    assert generated.files() == before


LEFT_INVOICES: dict[str, tuple[list[Edit], str]] = {
    "its result is kept": (
        [(MAIN, "    render_invoice.delay(", "    sent = render_invoice.delay(")],
        "its result is used",
    ),
    "it is sent for later without a session": (
        [(MAIN, "render_invoice.delay(order_id)", "render_invoice.apply_async([order_id], countdown=5)")],
        "it is sent for later, and no session is at hand to enqueue it with",
    ),
    "a row that is made elsewhere": (
        [
            behind(
                MAIN,
                'def early(db):\n    row = TaskStatus(task_type="invoice", status="pending")\n    db.add(row)',
            )
        ],
        "a row is made here and its task is sent elsewhere",
    ),
    "a row that its function gives away": (
        [(ORDERS, "order = db.get(Order, order_id)", "order = found(db, status)")],
        "`order = found(db, status)` has no counterpart on a tracking row",
    ),
}


@pytest.mark.parametrize(("edits", "why"), LEFT_INVOICES.values(), ids=list(LEFT_INVOICES))
def test_a_task_that_makes_its_own_rows_is_left_alone(generated: Depot, edits: list[Edit], why: str) -> None:
    before = edited(generated, *edits).files()
    assert why in moved(generated, INVOICE, code=1)
    assert generated.files() == before


def test_a_task_inside_of_something_else_is_left_alone(generated: Depot) -> None:
    head, body = generated.text(PRICES).split(DECORATOR)
    kept = head + "if True:\n" + textwrap.indent(DECORATOR + body, "    ")
    (generated.root / PRICES).write_text(kept)
    assert "it is not at the top of its module" in moved(generated, PRICE, code=1)
    head, body = generated.text(ORDERS).split("@celery_app.task(", 1)
    task, _, rest = body.partition("\n\n\n")
    method = textwrap.indent(f"@celery_app.task({task}", "    ")
    (generated.root / ORDERS).write_text(f"{head}class Invoices:\n{method}\n\n\n{rest}")
    assert "it is not at the top of its module" in moved(
        generated, "app.tasks.orders.Invoices.render_invoice", code=1
    )


def test_the_wrong_domain_and_async_sessions_are_reasons(generated: Depot) -> None:
    said = moved(generated, PRICE, "--domain", "invoice", code=1)
    assert (
        "its rows are those of task_status, 'price_refresh', which `legacy:` of invoice does not say" in said
    )
    edited(
        generated,
        ("app/db/session.py", "import create_engine", "import text"),
        (
            "app/db/session.py",
            "from sqlalchemy.orm import sessionmaker",
            "from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine",
        ),
        ("app/db/session.py", "= create_engine(", "= create_async_engine("),
        ("app/db/session.py", "= sessionmaker(", "= async_sessionmaker("),
    )
    assert "the project's sessions are async: only sync code is rewritten" in moved(generated, PRICE, code=1)
