"""Ways to send a task and to ask for its result that people write, and the rows that are reported of them."""

from pathlib import Path

import pytest
from source_trees import reported_rows

HEADS = {
    "TW501": (
        "from celery import shared_task\nfrom app.models import PriceTracking, Order\n"
        "@shared_task\ndef ship(i): ...\n"
    ),
    "TW502": (
        "from celery import shared_task\nfrom app.models import Order\n@shared_task\n"
        "def ship(order_id): ...\n"
    ),
    "TW503": (
        "from celery import shared_task\nfrom app.services import PriceService\n@shared_task\n"
        "def ship(tracking_id, x=3):\n    s = PriceService()\n    try:\n"
        "        s.update_status(tracking_id, 'PROCESSING')\n"
        "        s.update_status(tracking_id, 'COMPLETED')\n    except Exception:\n"
        "        s.update_status(tracking_id, 'FAILED')\n        raise\ndef go(values, tid):\n"
    ),
    "TW203": "from celery import shared_task\n@shared_task\ndef add(): ...\n",
}
"""What stands above the code of a rule's cases."""

CASES: list[tuple[str, str, list[object]]] = [
    ("TW501", "def go(tracking_service):\n    ship.delay(1)\n    tracking_service.create_price(1)", [2]),
    ("TW501", "def go(tracking_service):\n    ship.delay(1)\n    tracking_service.create_tracking(1)", [2]),
    ("TW501", "def go(orders):\n    ship.delay(1)\n    orders.create_price(1)", []),
    ("TW501", "def go(db):\n    ship.delay(1)\n    db.add(PriceTracking())", [2]),
    ("TW501", "def go(db):\n    ship.delay(1)\n    db.add(Order())", []),
    ("TW501", "def go(db):\n    create_tracking(1)\n    ship.delay(1)\n    create_tracking(1)", []),
    ("TW501", "def go(db, x):\n    if x:\n        ship.delay(1)\n    else:\n        create_tracking(1)", []),
    (
        "TW501",
        (
            "def go(db, x):\n    try:\n        ship.delay(1)\n    except KeyError:\n        raise\n"
            "    create_tracking(1)"
        ),
        [3],
    ),
    (
        "TW501",
        (
            "def go(db, x):\n    for i in x:\n        if i:\n            ship.delay(1)\n"
            "        create_tracking(1)"
        ),
        [4],
    ),
    (
        "TW501",
        (
            "def go(db, x):\n    match x:\n        case 1:\n            ship.delay(1)\n"
            "            create_tracking(1)"
        ),
        [4],
    ),
    ("TW501", "x = lambda: ship.delay(1)\ncreate_tracking(1)", []),
    ("TW501", "app.conf.beat_schedule = {'x': {'task': 't.ship'}}\ncreate_tracking(1)", []),
    (
        "TW502",
        (
            "def order(session):\n    with session.begin():\n        session.add(Order())\n"
            "        ship.delay(1)"
        ),
        [4],
    ),
    # other with
    ("TW502", "def order(session):\n    with open('x') as f:\n        ship.delay(1)", []),
    ("TW502", "on_commit = lambda: ship.delay(1)", []),
    (
        "TW502",
        (
            "schedule = {'x': {'task': 't.ship', 'schedule': 3}}  # beat_schedule\n"
            "app.conf.beat_schedule = schedule"
        ),
        [],
    ),
    # rolled back
    (
        "TW502",
        (
            "def order(db):\n    db.add(Order())\n    db.query(1)\n    db.rollback()\n"
            "    ship.delay(1)\n    db.commit()"
        ),
        [],
    ),
    # not neighbours
    ("TW502", "def order(db):\n    db.add(Order())\n    ship.delay(1)\n    log()\n    db.commit()", [3]),
    # assigned between
    ("TW502", "def order(db):\n    db.add(Order())\n    ship.delay(1)\n    x = 1\n    db.commit()", [3]),
    # two rows
    ("TW502", "def order(db):\n    db.add(Order())\n    ship.delay(\n        1)\n    db.commit()", [3]),
    # a return in between
    ("TW502", "def order(db):\n    db.add(Order())\n    ship.delay(1)\n    return 3\n    db.commit()", []),
    # in else
    (
        "TW502",
        (
            "def order(db):\n    if db:\n        pass\n    else:\n        db.add(Order())\n"
            "        ship.delay(1)\n        db.commit()"
        ),
        [6],
    ),
    # in handler
    (
        "TW502",
        (
            "def order(db):\n    try:\n        pass\n    except KeyError:\n        db.add(Order())\n"
            "        ship.delay(1)\n        db.commit()"
        ),
        [6],
    ),
    # in match
    (
        "TW502",
        (
            "def order(db):\n    match db:\n        case 1:\n            db.add(Order())\n"
            "            ship.delay(1)\n            db.commit()"
        ),
        [5],
    ),
    # header
    (
        "TW502",
        "def order(db):\n    db.add(Order())\n    if ship.delay(1):\n        pass\n    db.commit()",
        [3],
    ),
    (
        "TW502",
        (
            "async def order(session):\n    session.add(Order())\n    ship.delay(1)\n"
            "    await session.commit()"
        ),
        [3],
    ),
    ("TW503", "    ship.delay()", [1]),
    ("TW503", "    ship.delay(tid)", []),
    ("TW503", "    ship.delay(*values)", []),
    ("TW503", "    ship.delay(**values)", []),
    ("TW503", "    ship.delay(tracking_id=tid)", []),
    ("TW503", "    ship.apply_async()", [1]),
    ("TW503", "    ship.apply_async((tid,))", []),
    ("TW503", "    ship.apply_async(args=[])", [1]),
    ("TW503", "    ship.apply_async(args=[*values])", []),
    ("TW503", "    ship.apply_async(args=values)", []),
    ("TW503", "    ship.apply_async(kwargs={'tracking_id': tid})", []),
    ("TW503", "    ship.apply_async(kwargs={'x': tid})", [1]),
    ("TW503", "    ship.apply_async(kwargs=values)", []),
    ("TW503", "    ship.apply_async(None, None)", [1]),
    ("TW503", "    ship.apply_async((), {'tracking_id': tid})", []),
    ("TW503", "    ship.apply_async(**values)", []),
    ("TW503", "    ship.apply_async(*values)", []),
    ("TW503", "    ship.si()", [1]),
    ("TW503", "    app.send_task('t.ship')", [1]),
    ("TW503", "    app.send_task('t.ship', [tid])", []),
    ("TW503", "    ship.apply_async(kwargs={**values})", []),
    ("TW503", "    ship.signature()", []),
    ("TW503", "    ship.s()", []),
    ("TW503", "    ship.s(tid)", []),
    (
        "TW503",
        (
            "    app.conf.beat_schedule = {'x': {'task': 't.ship', 'schedule': 3},\n"
            "        'y': {'task': 't.ship', 'args': [1]},\n        'z': {'task': 't.ship', **values}}"
        ),
        [1],
    ),
    ("TW203", "from celery.result import AsyncResult\ndef f(i): return AsyncResult(i).status", [2]),
    ("TW203", "from vendor_celery import AsyncResult\ndef f(i): return AsyncResult(i).status", []),
    ("TW203", "from .results import AsyncResult\ndef f(i): return AsyncResult(i).status", []),
    ("TW203", "from myproject.missing import Other\ndef f(i): return Other(i).status", []),
    ("TW203", "def f(i): return add.AsyncResult(i).state", [1]),
    ("TW203", "def helper(): ...\ndef f(i): return helper.AsyncResult(i).state", []),
    ("TW203", "def f(pool): return pool.AsyncResult(3).state", [1]),
    ("TW203", "import multiprocessing\ndef f(i): return multiprocessing.pool.AsyncResult(i).state", []),
    ("TW203", "def f(i): return app.AsyncResult(i).state", [1]),
    ("TW203", "def f(): return add.delay().status", [1]),
    ("TW203", "def f(): return print().status", []),
    ("TW203", "def f(i): return gevent.AsyncResult(i).state", [1]),
    ("TW203", "def f(r: AsyncResult): return r.state", []),
    ("TW203", "from celery.result import AsyncResult\ndef f(r: AsyncResult): return r.state", [2]),
    ("TW203", "from celery import current_app\ndef f(i): return current_app.AsyncResult(i).state", [2]),
    ("TW203", "from celery.app import other\ndef f(i): return other(i).state", []),
    ("TW203", "def f(q): return q.send().status", []),
]

WHOLE: list[tuple[str, str, list[object]]] = [
    # atomic with
    (
        "TW502",
        (
            "from django.db import transaction\nfrom celery import shared_task\n"
            "from app.models import Order\n@shared_task\ndef ship(order_id): ...\ndef order(o):\n"
            "    with transaction.atomic():\n        o.save()\n        ship.delay(o.id)"
        ),
        [9],
    ),
    # atomic result used
    (
        "TW502",
        (
            "from django.db import transaction\nfrom celery import shared_task\n"
            "from app.models import Order\n@shared_task\ndef ship(order_id): ...\ndef order(o):\n"
            "    with transaction.atomic():\n        x = ship.delay(o.id)"
        ),
        [8],
    ),
    # atomic decorator
    (
        "TW502",
        (
            "from django.db import transaction\nfrom celery import shared_task\n"
            "from app.models import Order\n@shared_task\ndef ship(order_id): ...\n@transaction.atomic\n"
            "def order(o):\n    ship.delay(o.id)"
        ),
        [8],
    ),
    # atomic imported
    (
        "TW502",
        (
            "from django.db.transaction import atomic\nfrom celery import shared_task\n"
            "from app.models import Order\n@shared_task\ndef ship(order_id): ...\n@atomic\n"
            "def order(o):\n    ship.delay(o.id)"
        ),
        [8],
    ),
    # no id wanted
    (
        "TW503",
        (
            "from celery import shared_task\nfrom app.services import PriceService\n@shared_task\n"
            "def ship(tracking_id=None):\n    s = PriceService()\n    try:\n"
            "        s.update_status(tracking_id, 'PROCESSING')\n"
            "        s.update_status(tracking_id, 'COMPLETED')\n    except Exception:\n"
            "        s.update_status(tracking_id, 'FAILED')\n        raise\ndef go(values, tid):\n"
            "    ship.delay()"
        ),
        [],
    ),
    # kw only
    (
        "TW503",
        (
            "from celery import shared_task\nfrom app.services import PriceService\n@shared_task\n"
            "def ship(*, tracking_id):\n    s = PriceService()\n    try:\n"
            "        s.update_status(tracking_id, 'PROCESSING')\n"
            "        s.update_status(tracking_id, 'COMPLETED')\n    except Exception:\n"
            "        s.update_status(tracking_id, 'FAILED')\n        raise\ndef go(values, tid):\n"
            "    ship.delay()"
        ),
        [],
    ),
    (
        "TW503",
        (
            "from celery import Task\nfrom app.services import PriceService\nclass Ship(Task):\n"
            "    name='ship'\n    def run(self, tracking_id):\n        s = PriceService()\n"
            "        s.update_status(tracking_id, 'PROCESSING')\n"
            "        s.update_status(tracking_id, 'COMPLETED')\nship = Ship()\ndef go():\n"
            "    ship.delay()"
        ),
        [],
    ),
    (
        "TW503",
        (
            "from trackwright.jobs import tracked_task\n@tracked_task(app, M)\ndef add(run): ...\n"
            "add.delay()\nadd.apply_async()"
        ),
        [5],
    ),
]
"""Cases with a head of their own."""


@pytest.mark.parametrize(("code", "body", "rows"), CASES)
def test_what_is_reported(tmp_path: Path, code: str, body: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, HEADS.get(code, ""), body) == rows


@pytest.mark.parametrize(("code", "source", "rows"), WHOLE)
def test_what_is_reported_of_a_whole_file(tmp_path: Path, code: str, source: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, "", source) == rows
