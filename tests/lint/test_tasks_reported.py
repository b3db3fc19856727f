"""Declarations, retries and exemptions that people write, and the rows that are reported of them."""

from pathlib import Path

import pytest
from source_trees import reported_rows

HEADS = {
    "TW101": (
        "from celery import shared_task\nfrom app.services import PriceService\n"
        "@shared_task(bind=True)\ndef work(self, row, items):\n    service = PriceService()\n"
    ),
    "TW401": "from celery import shared_task\n",
}
"""What stands above the code of a rule's cases."""

CASES: list[tuple[str, str, list[object]]] = [
    # evidence
    ("TW101", "    service.update_status(row, 'PROCESSING')", [-1]),
    # instance
    (
        "TW101 TW407",
        ("from celery import Celery\nfrom somewhere import make\napp=Celery('x')\napp.register_task(make())"),
        ["TW101:4"],
    ),
    ("TW401", "@shared_task\nasync def add(): ...", [2]),
    ("TW401", "@shared_task\n@sync\nasync def add(): ...", []),
    ("TW401", "@shared_task(base=X)\nasync def add(): ...", []),
    ("TW401", "def job(f):\n    return shared_task(f)\n@job\nasync def add(): ...", []),
    (
        "TW401",
        (
            "def job(**kw):\n    def decorate(f):\n        return shared_task(f)\n    return decorate\n"
            "@job(x=1)\nasync def add(): ..."
        ),
        [],
    ),
    (
        "TW401",
        (
            "class Job:\n    def __call__(self, f): return shared_task(f)\njob = Job()\n@job\n"
            "async def add(): ..."
        ),
        [],
    ),
    (
        "TW404",
        (
            "from celery import shared_task\n"
            "@shared_task(autoretry_for=(Exception,), retry_kwargs={'max_retries': None})\n"
            "def add(): ..."
        ),
        [2],
    ),
    (
        "TW404",
        (
            "from celery import shared_task\n"
            "@shared_task(autoretry_for=(Exception,), retry_kwargs={'max_retries': 3, **x})\n"
            "def add(): ..."
        ),
        [],
    ),
    (
        "TW404",
        (
            "from celery import shared_task\n"
            "@shared_task(autoretry_for=(Exception,), retry_kwargs={'countdown': 3})\ndef add(): ..."
        ),
        [],
    ),
    (
        "TW404",
        (
            "from celery import shared_task\n@shared_task(autoretry_for=(Exception,), retry_kwargs=x)\n"
            "def add(): ..."
        ),
        [],
    ),
    (
        "TW404",
        (
            "from celery import shared_task\n"
            "@shared_task(autoretry_for=(Exception,), max_retries=None)\ndef add(): ..."
        ),
        [2],
    ),
    (
        "TW405",
        "from celery import shared_task\n@shared_task(autoretry_for=(Exception,))\ndef add(): ...",
        [2],
    ),
    (
        "TW405",
        (
            "from celery import shared_task\n"
            "@shared_task(autoretry_for=(Exception,), retry_backoff=True)\ndef add(): ..."
        ),
        [],
    ),
    ("TW405", "from celery import shared_task\n@shared_task(autoretry_for=())\ndef add(): ...", []),
    (
        "TW405",
        (
            "from celery import shared_task\n@shared_task(autoretry_for=(KeyError,), max_retries=3)\n"
            "def add(): ..."
        ),
        [2],
    ),
    ("TW405", "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): self.retry()", [3]),
    (
        "TW405",
        "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): self.retry(eta=x)",
        [],
    ),
    ("TW405", "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): self.retry(**x)", []),
    (
        "TW405",
        ("from celery import shared_task\n@shared_task(bind=True)\ndef add(self): self.retry(1,2,3,4)"),
        [],
    ),
    (
        "TW405",
        ("from celery import shared_task\n@shared_task(bind=True)\ndef add(self): self.retry(countdown=5)"),
        [3],
    ),
    (
        "TW405",
        (
            "from celery import shared_task\n@shared_task(bind=True)\n"
            "def add(self): self.retry(countdown=wait())"
        ),
        [],
    ),
    ("TW405", "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): add.retry()", [3]),
    ("TW405", "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): other.retry()", []),
    ("TW405", "from celery import shared_task\n@shared_task(bind=True)\ndef add(self): retry()", []),
    # no params
    (
        "TW405",
        ("from celery import shared_task\n@shared_task\ndef add():\n    task.retry()\n    add.retry()"),
        [5],
    ),
    ("TW901", 'x = 1  # trackwright: external[TW101] reason="r" approved-by="a"', [1]),
    ("TW901", 'x = 1  # trackwright: external[TW101] reason="r" adapts="x" approved-by="a"', []),
    ("TW901", "x = 1  # noqa: TW101", [1]),
    ("TW901", 'x = 1  # trackwright: exempt[TW101] approved-by="a"', [1]),
    ("TW904 TW101", 'x = 1  # trackwright: exempt[TW101] reason="r" approved-by="a"', ["TW904:1"]),
    ("TW904 TW101", '# trackwright: exempt[TW101] reason="r" approved-by="a"\nx = 1', ["TW904:1"]),
    ("TW904 TW101", 'x = 1  # trackwright: exempt[TW101,XY1] reason="r" approved-by="a"', ["TW900:1"]),
    ("TW904 TW101", "x = 1  # noqa: TW101 reason", ["TW904:1"]),
    ("TW904 TW101", "x = 1  # noqa: E501", []),
    ("TW904 TW101", "x = 1  # noqa: E501, TW101", ["TW904:1"]),
    ("TW904 TW101", "x = '# noqa: TW101'", []),
    ("TW904 TW101", "# a noqanything\nx = 1", []),
    (
        "TW904 TW101",
        'x = 1  # trackwright: exempt[TW101] reason="r" approved-by="a" # noqa: E501',
        ["TW904:1"],
    ),
]


@pytest.mark.parametrize(("code", "body", "rows"), CASES)
def test_what_is_reported(tmp_path: Path, code: str, body: str, rows: list[object]) -> None:
    assert reported_rows(tmp_path, code, HEADS.get(code, ""), body) == rows
