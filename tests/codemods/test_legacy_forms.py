"""The forms in which people send a task, store and read its row and write its body: what each becomes."""

import ast

import pytest
from depot_copy import Depot
from legacy_moves import MAIN, PRICES, QUERY, SEND, Edit, behind, edited, moved

PRICE, INVOICE = "app.tasks.prices.refresh_price", "app.tasks.orders.render_invoice"
TRACKED = "app/tasks/price_refresh.py"
SESSION = "app.db.session"
ROW = 'row = TaskStatus(task_type="price_refresh", status="pending", resource_id=sku)'
SERVICE = "PriceRefreshService(db)"
READ = "PriceRefreshCRUD().get_by_any_id(db, status_id)"
INVOICED = "def invoice(order_id: int):\n    render_invoice.delay(order_id)  # it makes its own row"
BY_ID = 'TaskStatus.id == status_id, TaskStatus.task_type == "price_refresh"'

SENT: dict[str, tuple[str, list[Edit], list[str], list[str]]] = {
    # What moves, the edits before, texts of the API afterwards, and texts that are gone.
    "Celery's id on the row": (
        PRICE,
        [(MAIN, SEND, f"result = {SEND}\n    row.celery_task_id = result.id\n    db.commit()")],
        [f"tracking_id = {SERVICE}.enqueue(refresh_price, sku=sku)"],
        ["celery_task_id", "result"],
    ),
    "Celery's id on the row, committed by something else": (
        PRICE,
        [(MAIN, SEND, f"result = {SEND}\n    row.task_id = result.id\n    print(sku)")],
        [f"row = legacy_view({SERVICE}.get_status(tracking_id))", "print(sku)"],
        ["task_id = result.id"],
    ),
    "a row that is not refreshed": (
        PRICE,
        [(MAIN, f"    db.refresh(row)\n    {SEND}", f"    {SEND}")],
        [f"    db.commit()\n    row = legacy_view({SERVICE}.get_status(tracking_id))\n    return row"],
        [],
    ),
    "another row that is added with it": (
        PRICE,
        [(MAIN, ROW, f"order = Order(sku=sku)\n    {ROW}\n    db.add(order)")],
        ["    db.add(order)\n    db.commit()"],
        ["db.add(row)\n    db.commit()\n    db.refresh(row)\n    refresh"],
    ),
    "a moment": (
        PRICE,
        [(MAIN, SEND, 'refresh_price.apply_async(args=(row.id, sku), eta=tomorrow(), queue="slow")')],
        [f"{SERVICE}.enqueue(refresh_price, sku=sku, scheduled_at=tomorrow())"],
        [],
    ),
    "arguments by their names": (
        PRICE,
        [(MAIN, SEND, 'refresh_price.apply_async(kwargs={"status_id": row.id, "sku": sku})')],
        [f"{SERVICE}.enqueue(refresh_price, sku=sku)"],
        [],
    ),
    "arguments by their places": (
        PRICE,
        [(MAIN, SEND, 'refresh_price.apply_async((row.id,), {"sku": sku.strip()}, queue="slow")')],
        [f"{SERVICE}.enqueue(refresh_price, sku=sku.strip())"],
        [],
    ),
    "metadata of its own": (
        PRICE,
        [(MAIN, ROW, ROW.replace("sku)", 'sku, retry_count=0, task_metadata={"by": "me"})'))],
        [f"""{SERVICE}.enqueue(refresh_price, sku=sku, task_metadata={{'by': 'me'}})"""],
        ["retry_count"],
    ),
    "metadata that is made elsewhere": (
        PRICE,
        [(MAIN, ROW, ROW.replace("sku)", "sku, task_metadata=known())"))],
        [f"{SERVICE}.enqueue(refresh_price, sku=sku, task_metadata=known())"],
        [],
    ),
    "a row in an else": (
        PRICE,
        [
            (
                MAIN,
                f"    {ROW}\n    db.add(row)\n    db.commit()\n    db.refresh(row)\n    {SEND}\n    return row",
                (
                    f"    if not sku:\n        raise HTTPException(400)\n    else:\n        {ROW}\n"
                    f"        db.add(row)\n        db.commit()\n        {SEND}\n        return row.id"
                ),
            )
        ],
        [
            f"        tracking_id = {SERVICE}.enqueue(refresh_price, sku=sku)\n",
            "        return tracking_id\n",
        ],
        ["legacy_view(PriceRefreshService"],
    ),
    "a conversion for the column's sake": (
        "app.tasks.stock.update_stock",
        [(MAIN, "change=change,", "change=int(change),")],
        ["StockUpdateService(db).enqueue(update_stock, sku=sku, change=change)"],
        ["StockUpdate(sku"],
    ),
    "numbers that were texts": (
        PRICE,
        [
            ("tracking/price_refresh.yaml", "  sku: {type: string, length: 50}", "  sku: {type: bigint}"),
            (PRICES, "sku: str):", "sku: int):"),
            (MAIN, ROW, ROW.replace("=sku)", "=str(sku))")),
        ],
        [
            f'legacy_view({SERVICE}.get_status(tracking_id), texts=("resource_id",))',
            f'legacy_view({READ}, texts=("resource_id",))',
        ],
        [],
    ),
    "a dispatch in a transaction": (
        INVOICE,
        [
            (
                MAIN,
                INVOICED,
                f"{INVOICED.replace('int)', 'int, db: Session = Depends(get_db))')}\n    db.commit()",
            )
        ],
        ["    InvoiceService(db).enqueue(render_invoice, order_id=order_id)  # it makes its own row\n"],
        ["commit=True"],
    ),
    "a dispatch for later": (
        INVOICE,
        [
            (
                MAIN,
                INVOICED,
                (
                    "def invoice(order_id: int, db: Session = Depends(get_db)):\n    print(order_id)\n"
                    "    render_invoice.apply_async([order_id], countdown=5)\n    print(order_id)"
                ),
            )
        ],
        [
            (
                "InvoiceService(db).enqueue(render_invoice, order_id=order_id, "
                "scheduled_at=datetime.now(UTC) + timedelta(seconds=5), commit=True)"
            )
        ],
        [],
    ),
    "a dispatch without options": (
        INVOICE,
        [(MAIN, "render_invoice.delay(order_id)", "render_invoice.apply_async([order_id])")],
        ["render_invoice.delay(order_id=order_id)  # it makes its own row"],
        [],
    ),
    "a row that is answered with at once": (
        PRICE,
        [
            (
                MAIN,
                f"row = {QUERY}\n    if row is None:\n        raise HTTPException(404)\n    return row",
                f"return db.query(TaskStatus).filter({BY_ID}).first()",
            )
        ],
        [f"return legacy_view({READ})"],
        [],
    ),
    **{
        f"a row that is read by {read}": (
            PRICE,
            [(MAIN, f"row = {QUERY}", f"row = {read}")],
            [f"row = legacy_view({READ})"],
            [],
        )
        for read in (
            f"db.scalar(select(TaskStatus).where({BY_ID}))",
            f"db.scalars(select(TaskStatus).where({BY_ID})).first()",
            f"db.execute(select(TaskStatus).where({BY_ID})).scalar_one_or_none()",
            'db.query(TaskStatus).filter_by(id=status_id, task_type="price_refresh").one_or_none()',
        )
    },
}


@pytest.mark.parametrize(("task", "edits", "there", "gone"), SENT.values(), ids=list(SENT))
def test_what_sends_and_reads(
    generated: Depot, task: str, edits: list[Edit], there: list[str], gone: list[str]
) -> None:
    assert "left alone" not in moved(edited(generated, *edits), task)
    main = generated.text(MAIN)
    ast.parse(main)
    for text in there:
        assert text in main
    for text in gone:
        assert text not in main


HELPERS = """
class Tool:
    def __call__(self, db):
        db.commit()


def find(db, sku):
    return first(db, sku)


def first(session, sku):
    return session.get(Product, sku)


def store(db):
    keep(db)


def keep(session):
    session.commit()


tool = Tool()
"""


@pytest.mark.parametrize(
    ("line", "ender"),
    [
        ("find(db, sku)", None),
        ("print(db)", "print"),
        ("sqlalchemy.inspect(db)", None),
        ("store(db)", "store"),
        ("tool(db)", "tool"),
        ("boto3.put(db)", "boto3.put"),
        ("nobody(db)[0](db)", "nobody(db)[0]"),
        ("db.begin_nested()", "db.begin_nested"),
    ],
)
def test_a_session_stays_the_runtimes_where_nobody_else_ends_it(
    generated: Depot, line: str, ender: str | None
) -> None:
    edited(
        generated,
        behind(PRICES, f"import boto3\nimport sqlalchemy\n\nfrom app.tools import nobody\n{HELPERS}"),
        (PRICES, "price = quote(sku)", f"price = quote(sku)\n        {line}"),
    )
    said = moved(generated, PRICE)
    assert ("it keeps a session of its own" in said) is (ender is not None)
    assert ender is None or f"`{ender}` at line" in said
    assert ("db = SessionLocal()" in generated.text(TRACKED)) is (ender is not None)


def test_names_of_the_body_come_from_where_they_were(generated: Depot) -> None:
    edited(
        generated,
        (PRICES, "sku: str):", "sku: str, force: bool = False) -> None:"),
        (PRICES, "from app.suppliers import quote", "from ..suppliers import quote"),
        behind(
            PRICES,
            "try:\n    import simplejson as json\nexcept ImportError:\n    import json\nPLACES: int = 2\n",
        ),
        (
            PRICES,
            "price = quote(sku)",
            (
                "from app.suppliers import quote as ask\n        import os.path\n"
                "        price: float = json.loads(str(ask(sku) or quote(sku)))"
            ),
        ),
        (
            PRICES,
            "product.price = rounded(price)  # two places",
            (
                "if (rounded := round(price, PLACES)) > 0 and os.path:\n"
                "            product.price = max(each for each in (rounded, 1))"
            ),
        ),
    )
    moved(generated, PRICE)
    text = generated.text(TRACKED)
    tree = ast.parse(text)
    function = next(each for each in tree.body if isinstance(each, ast.FunctionDef))
    assert function.returns is not None
    assert ast.unparse(function.returns) == "None"
    imported = {ast.unparse(each) for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)}
    assert {"from app.suppliers import quote", "from app.tasks.prices import PLACES, json"} <= imported
    assert not any("os" in each.split() or "rounded" in each for each in imported)


JOBS = {
    "app/described.py": (
        '"""Jobs."""\nfrom app.tasks.orders import render_invoice\n\n\ndef nightly():\n    render_invoice.delay(1)\n',
        (
            '"""Jobs."""\nfrom app.tasks.invoice import render_invoice\n\n\ndef nightly():\n'
            "    render_invoice.delay(order_id=1)\n"
        ),
    ),
    "app/bare.py": (
        "# Its tasks.\nfrom app.tasks.orders import render_invoice\n\n\ndef nightly():\n    render_invoice.delay(1)\n",
        (
            "# Its tasks.\nfrom app.tasks.invoice import render_invoice\n\n\ndef nightly():\n"
            "    render_invoice.delay(order_id=1)\n"
        ),
    ),
    "app/foreign.py": (
        (
            "import requests\nfrom celery.utils import *\n# Its tasks.\nfrom app.tasks.orders import render_invoice\n"
            "WHEN = 1\nrender_invoice.delay(1)\n"
        ),
        (
            "import requests\nfrom celery.utils import *\nfrom app.tasks.invoice import render_invoice\n# Its tasks.\n"
            "WHEN = 1\nrender_invoice.delay(order_id=1)\n"
        ),
    ),
    "app/lookups.py": (
        (
            "from app.models.status import TaskStatus\n\n\ndef found(db, key):\n    return db.query(TaskStatus)"
            '.filter_by(task_type="invoice", id=key).first()\n'
        ),
        (
            "from trackwright.legacy import legacy_view\n\nfrom app.crud.invoice import InvoiceCRUD\n\n\n"
            "def found(db, key):\n"
            '    return legacy_view(InvoiceCRUD().get_by_any_id(db, key), texts=("resource_id",))\n'
        ),
    ),
}


def test_imports_find_their_place_in_any_file(generated: Depot) -> None:
    for name, (before, _) in JOBS.items():
        (generated.root / name).write_text(before)
    moved(generated, INVOICE)
    assert {name: generated.text(name) for name in JOBS} == {name: after for name, (_, after) in JOBS.items()}
