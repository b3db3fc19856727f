"""What looks like a rule's case and is none is left alone; with one thing changed it is found."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import lint_tree

TRACKED = """
    import logging
    from app.celery_app import app
    from app.db import Session
    from app.models import PriceTracking
    from trackwright.jobs import tracked_task
"""
TASK = """
    @tracked_task(app, PriceTracking, session_factory=Session)
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A source that is clean, and what to put in place of what to make it a finding."""

    code: str
    says: str
    valid: str
    replaced: str
    by: str


def tracked(code: str, says: str, body: str, replaced: str, by: str) -> Pair:
    """A pair in the body of a tracked task."""
    return Pair(code, says, f"{TRACKED}{TASK}{body}", replaced, by)


PAIRS = [
    Pair(
        "TW101",
        "a task of another framework's decorator",
        "from prefect import task\n@task\ndef add(): ...\n",
        "from prefect import task",
        "from celery import shared_task as task",
    ),
    Pair(
        "TW101",
        "a method of a request that looks a task up",
        "from celery import Celery\ncapp = Celery()\ndef add(): ...\ndef view(request):\n"
        "    request.task(add).delay()\n",
        "request.task(add).delay()",
        "capp.task(add).delay()",
    ),
    Pair(
        "TW203",
        "the state of something else",
        "from machines import Machine\ndef state(task_id):\n    return Machine(task_id).state\n",
        "from machines import Machine",
        "from celery.result import AsyncResult as Machine",
    ),
    Pair(
        "TW203",
        "a result that is revoked, not asked",
        "from celery.result import AsyncResult\ndef stop(task_id):\n    return AsyncResult(task_id).revoke()\n",
        ".revoke()",
        ".ready()",
    ),
    Pair(
        "TW308",
        "a status table of one kind of thing",
        "from sqlalchemy import Column, String\nfrom app.base import Base\nclass Parcel(Base):\n"
        "    __tablename__ = 'parcels'\n    carrier = Column(String)\n    status = Column(String)\n",
        "carrier",
        "task_type",
    ),
    Pair(
        "TW401",
        "an async function that no task is made of",
        "from celery import shared_task\nasync def add(): ...\n",
        "async def",
        "@shared_task\nasync def",
    ),
    Pair(
        "TW404",
        "a limit",
        "from celery import shared_task\n@shared_task(bind=True, max_retries=9)\ndef add(self): ...\n",
        "max_retries=9",
        "max_retries=None",
    ),
    Pair(
        "TW405",
        "a distance that grows",
        "from celery import shared_task\n@shared_task(bind=True)\ndef add(self):\n"
        "    raise self.retry(countdown=2 ** self.request.retries)\n",
        "2 ** self.request.retries",
        "60",
    ),
    tracked(
        "TW403",
        "an error of one kind that is expected",
        "    def update(run):\n        try:\n            work()\n        except KeyError:\n"
        "            logging.info('none')\n",
        "except KeyError:",
        "except Exception:",
    ),
    tracked(
        "TW403",
        "an error of one of many items",
        "    def update(run):\n        for one in run.items:\n            try:\n                work(one)\n"
        "            except Exception:\n                logging.exception('no price')\n",
        "for one in run.items:",
        "if (one := run.items):",
    ),
]


@pytest.mark.parametrize("each", PAIRS, ids=lambda each: f"{each.code} {each.says}")
def test_tells_them_apart(each: Pair, tmp_path: Path) -> None:
    assert lint_tree(tmp_path / "valid", {"t.py": each.valid}, each.code) == ()
    assert each.replaced in each.valid
    found = lint_tree(
        tmp_path / "invalid", {"t.py": each.valid.replace(each.replaced, each.by, 1)}, each.code
    )
    assert [one.code for one in found] == [each.code]
