"""Ways through a body, handlers and assignments that people write, and the rows that are reported of them."""

from pathlib import Path

import pytest
from source_trees import reported_rows

HEADS = {
    "TW103": (
        "from celery import shared_task\nfrom app.services import PriceService\n"
        "@shared_task(bind=True)\ndef work(self, row, items):\n    service = PriceService()\n"
    ),
    "TW403": (
        "from celery import shared_task\nfrom app.services import PriceService\n"
        "@shared_task(bind=True)\ndef work(self, row, items):\n    service = PriceService()\n"
        "    service.update_status(row, 'PROCESSING')\n    failures = []\n    failure = None\n"
        "    try:\n        work2()\n"
    ),
    "TW402": "from trackwright.jobs import tracked_task\nfrom app.models import PriceTracking\n",
}
"""What stands above the code of a rule's cases."""
SHORT = {
    "START": "service.update_status(row, 'PROCESSING')",
    "DONE": "service.update_status(row, 'COMPLETED')",
    "FAIL": "service.update_status(row, 'FAILED')",
}
"""Words that stand for the calls that move a row."""

CASES: list[tuple[str, str, list[object]]] = [
    # while break
    (
        "TW103",
        (
            "    START\n    while True:\n        if items():\n            break\n"
            "        service.ping()\n    DONE"
        ),
        [-1],
    ),
    # while true no break returns
    ("TW103", "    START\n    while True:\n        if items():\n            return\n    DONE", [-1, 4]),
    # for all handled
    (
        "TW103",
        (
            "    START\n    for each in items:\n        if not each:\n            continue\n"
            "        work(each)\n    else:\n        other()\n    DONE"
        ),
        [-1],
    ),
    # for return inside
    (
        "TW103",
        "    START\n    for each in items:\n        if not each:\n            return\n    DONE",
        [-1, 4],
    ),
    # started in loop, break leaks
    (
        "TW103",
        "    for each in items:\n        START\n        if each:\n            break\n        DONE",
        [-1, 2],
    ),
    # while False-ish
    ("TW103", "    START\n    while items():\n        work()\n    DONE", [-1]),
    # break in try finally
    (
        "TW103",
        (
            "    START\n    for each in items:\n        try:\n            break\n        finally:\n"
            "            other()\n    DONE"
        ),
        [-1],
    ),
    # return in try finally done
    (
        "TW103",
        (
            "    START\n    try:\n        if items:\n            return\n        work()\n    finally:\n"
            "        DONE"
        ),
        [-1],
    ),
    # return in try finally not done
    (
        "TW103",
        (
            "    START\n    try:\n        if items:\n            return\n        work()\n    finally:\n"
            "        other()\n    DONE"
        ),
        [-1, 4],
    ),
    (
        "TW103",
        "    START\n    with open(row) as f, lock:\n        if f:\n            return\n    DONE",
        [-1, 4],
    ),
    # with start in
    ("TW103", "    with START:\n        return", []),
    (
        "TW103",
        (
            "    START\n    match items:\n        case 1:\n            return\n        case _:\n"
            "            pass\n    DONE"
        ),
        [-1, 4],
    ),
    # nested def
    ("TW103", "    START\n    def inner():\n        return\n    class X:\n        pass\n    DONE", [-1]),
    # unreachable
    ("TW103", "    START\n    DONE\n    return\n    other()", [-1]),
    # handler swallows
    (
        "TW103",
        (
            "    START\n    try:\n        work()\n    except KeyError:\n        log()\n        return\n"
            "    DONE"
        ),
        [-1, 6],
    ),
    # handler leaves end
    (
        "TW103",
        "    START\n    try:\n        work()\n        DONE\n    except KeyError:\n        log()",
        [-1, 6],
    ),
    # never ended
    ("TW103", "    START\n    work()", []),
    ("TW103", "    START\n    run(lambda: FAIL)\n    DONE", []),
    # raises
    (
        "TW103",
        ("    START\n    try:\n        work()\n    except KeyError:\n        FAIL\n        raise\n    DONE"),
        [],
    ),
    # helper starts
    (
        "TW103",
        (
            "    begin(service, row)\n    if items:\n        return\n    DONE\n"
            "def begin(service, row):\n    START\n    if row:\n        return"
        ),
        [],
    ),
    # a break that runs a finally
    (
        "TW103",
        (
            "    for each in items:\n        try:\n            START\n            break\n"
            "        finally:\n            DONE"
        ),
        [-1],
    ),
    # a continue that runs a finally
    (
        "TW103",
        (
            "    for each in items:\n        try:\n            START\n            continue\n"
            "        finally:\n            DONE"
        ),
        [-1],
    ),
    # a return in a finally
    (
        "TW103",
        (
            "    START\n    try:\n        return\n    finally:\n        if items:\n            return\n"
            "    DONE"
        ),
        [-1, 3, 6],
    ),
    # a break outside of a loop
    ("TW103", "    START\n    break\n    DONE", [-1]),
    ("TW403", "    except:\n        log()\n    DONE\n    FAIL", [1]),
    ("TW403", "    except (KeyError, Exception):\n        log()\n    DONE\n    FAIL", [1]),
    ("TW403", "    except (KeyError, ValueError):\n        log()\n    DONE\n    FAIL", []),
    ("TW403", "    except kinds[0]:\n        log()\n    DONE\n    FAIL", []),
    ("TW403", "    except Exception:\n        row.error_message = 'x'\n    DONE\n    FAIL", []),
    ("TW403", "    except Exception as e:\n        failure = e\n    DONE\n    FAIL", []),
    ("TW403", "    except Exception as e:\n        failures.append(e)\n    DONE\n    FAIL", []),
    ("TW403", "    except Exception as e:\n        log(e)\n    DONE\n    FAIL", [1]),
    ("TW403", "    except Exception as e:\n        pass\n    DONE\n    FAIL", [1]),
    ("TW403", "    except Exception as e:\n        failure = str(e)\n    DONE\n    FAIL", [1]),
    ("TW403", "    except Exception:\n        service.record_error(1)\n    DONE\n    FAIL", []),
    ("TW402", "@tracked_task(app, PriceTracking)\ndef add(run):\n    run.tracking.status = 'COMPLETED'", [3]),
    ("TW402", "@tracked_task(app, PriceTracking)\ndef add(run):\n    run.other.status = 'COMPLETED'", []),
    (
        "TW402",
        (
            "class PriceService:\n    def f(self, db):\n        row = db.get(PriceTracking, 1)\n"
            "        row.status = 'COMPLETED'"
        ),
        [],
    ),
    ("TW402", "def f(db):\n    row = db.get(PriceTracking, 1)\n    row.status = 'COMPLETED'", [3]),
    (
        "TW402",
        (
            "def f(db):\n    with db.begin() as s:\n        for row in s.query(PriceTracking):\n"
            "            row.status = 'COMPLETED'"
        ),
        [4],
    ),
    ("TW402", "def f(db, row: PriceTracking):\n    row.status = 'COMPLETED'", [2]),
    (
        "TW402",
        (
            "def f(db):\n    a = db.get(PriceTracking, 1)\n    b = a\n    c = b\n    d = c\n    e = d\n"
            "    g = e\n    h = g\n    h.status = 'COMPLETED'"
        ),
        [],
    ),
    (
        "TW402",
        ("def f(row, *rows):\n    row.status = 'COMPLETED'\n    class X: ...\n    X.status = 'COMPLETED'"),
        [],
    ),
]

WHOLE: list[tuple[str, str, list[object]]] = [
    # lambda task
    ("TW403", "from celery import Celery\napp=Celery()\nadd = app.task(lambda: 3)", []),
    # class in task
    (
        "TW403",
        (
            "from celery import shared_task\nfrom app.services import PriceService\n"
            "@shared_task(bind=True)\ndef work(self, row, items):\n    service = PriceService()\n"
            "    START\n    class X:\n        def f(self):\n            try:\n                pass\n"
            "            except Exception:\n                pass\n    DONE\n    FAIL"
        ),
        [11],
    ),
]
"""Cases with a head of their own."""


@pytest.mark.parametrize(("code", "body", "rows"), CASES)
def test_what_is_reported(tmp_path: Path, code: str, body: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, HEADS.get(code, ""), written_out(body)) == rows


@pytest.mark.parametrize(("code", "source", "rows"), WHOLE)
def test_what_is_reported_of_a_whole_file(tmp_path: Path, code: str, source: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, "", written_out(source)) == rows


def written_out(source: str) -> str:
    """The source with the calls that the short words stand for."""
    for word, call in SHORT.items():
        source = source.replace(word, call)
    return source
