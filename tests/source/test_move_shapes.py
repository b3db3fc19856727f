"""Shapes in which a row is moved: a service's own methods, defaults, enums, signals connected by a call."""

from pathlib import Path

import pytest
from source_trees import read_tree

SERVICE = {
    "models.py": """
        from trackwright import BaseTaskTracking
        class PriceTracking(BaseTaskTracking):
            __tablename__ = 'price_task_tracking'
    """,
    "services.py": """
        from models import PriceTracking
        from trackwright import BaseTaskTrackingService
        class PriceService(BaseTaskTrackingService[PriceTracking]):
            model = PriceTracking
            def start(self, row):
                row.status = 'PROCESSING'
                row.note = 'begun'
            def finish(self, row, word):
                row.status = word
                row.status = 'COMPLETED'
        class TrackService:
            model = 3
    """,
}
HEAD = (
    "from celery import shared_task\nfrom services import PriceService, TrackService\n"
    "@shared_task\ndef add(row, word):\n"
)

BY_SERVICE = {
    "a service's own methods": (
        "    PriceService().start(row)\n    PriceService().finish(row, word)",
        ("price", ["services.py:6 status = PROCESSING", "services.py:10 status = COMPLETED"]),
    ),
    "a utility that retries": (
        "    from tracking_utils import retry_with_backoff\n    retry_with_backoff(row, 3)",
        (None, ["tasks.py:6 retry_with_backoff(PENDING)"]),
    ),
    "a retry library": (
        "    from backoff import retry_with_backoff\n    retry_with_backoff(row, 3)",
        (None, []),
    ),
    "a domain that is computed": (
        "    update_task_status(row, 'PROCESSING', domain=domain_of(word))",
        (None, ["tasks.py:5 update_task_status(PROCESSING)"]),
    ),
    "a domain that is written": (
        "    update_task_status(row, 'PROCESSING', domain='price')",
        ("price", ["tasks.py:5 update_task_status(PROCESSING)"]),
    ),
    "a function of no service": ("    update_status(tracking, 'PROCESSING')", (None, [])),
    "a service without a model": (
        "    TrackService().update_status(row, 'PROCESSING')",
        (None, ["tasks.py:5 update_status(PROCESSING)"]),
    ),
    "a context manager of one's own": (
        (
            "    class Work:\n        def __enter__(self):\n            PriceService().update_status(1, 'PROCESSING')\n"
            "        def __exit__(self, *error):\n            PriceService().update_status(1, 'COMPLETED')\n"
            "    with Work():\n        pass"
        ),
        ("price", ["tasks.py:7 update_status(PROCESSING)", "tasks.py:9 update_status(COMPLETED)"]),
    ),
}


@pytest.mark.parametrize(("body", "found"), BY_SERVICE.values(), ids=list(BY_SERVICE))
def test_moves_by_a_service(tmp_path: Path, body: str, found: tuple[str | None, list[str]]) -> None:
    (job,) = read_tree(tmp_path, {**SERVICE, "tasks.py": HEAD + body}).jobs
    assert (job.domain, [f"{each.path.name}:{each.line} {each.what}" for each in job.evidence]) == found


RECORDS = {
    "models.py": """
        from django.db import models
        class ImportJob(models.Model):
            class Status(models.TextChoices):
                DONE = 'done'
                RUNNING = 'running'
            status = models.CharField(max_length=20)
            task_id = models.CharField(max_length=255)
            started_at = models.DateTimeField(null=True)
            finished_at = models.DateTimeField(null=True)
            error = models.TextField()
    """
}
TASK = "from celery import shared_task, signals\nfrom models import ImportJob\n@shared_task\ndef add(id, word):\n"
ROWS = "    ImportJob.objects.filter(id=id)"
START = "def start(task_id, **kw):\n    ImportJob.objects.create(task_id=task_id, status='running')\n"
END = "def end(task_id, **kw):\n    ImportJob.objects.filter(task_id=task_id).update(status='done')\n"
BY_RECORD = {
    "a status that is computed": (f"{ROWS}.update(status=word)", []),
    "a status of an enum": (
        f"{ROWS}.update(status=ImportJob.Status.RUNNING)\n{ROWS}.update(status=ImportJob.Status.DONE)",
        ["5 ImportJob PROCESSING", "6 ImportJob COMPLETED"],
    ),
    "an end that is taken back": (
        f"{ROWS}.update(started_at=word, finished_at=None)",
        ["5 ImportJob PROCESSING"],
    ),
    "defaults": (
        "    ImportJob.objects.update_or_create(id=id, defaults={'status': 'running', 'note': 1, **word})",
        ["5 ImportJob PROCESSING"],
    ),
    "a function by its name": ("    set_job_status(id, 'running')", ["5 set_job_status(PROCESSING)"]),
    "a function by its name, with what nobody knows": ("    set_job_status(id, word)", []),
    "signals that are connected by a call": (
        (
            f"    ...\n{START}{END}signals.task_prerun.connect(start, sender=add)\n"
            "signals.task_postrun.connect(end, sender=add)\nsignals.task_postrun.connect(unknown())"
        ),
        ["7 ImportJob PROCESSING", "9 ImportJob COMPLETED"],
    ),
    "signals of another task": (
        (
            "    ...\n@shared_task\ndef mul(): ...\n"
            f"{START}{END}signals.task_prerun.connect(start, sender=mul)\nsignals.task_postrun.connect(end, sender=mul)"
        ),
        [],
    ),
    "signals of the tasks in a mapping": (
        (
            "    ...\nNAMES = {'tasks.add': 1, **x}\n@signals.task_prerun.connect\ndef start(sender, task_id, **kw):\n"
            "    if sender.name in NAMES:\n        ImportJob.objects.create(task_id=task_id, status='running')"
        ),
        ["10 ImportJob PROCESSING"],
    ),
}


@pytest.mark.parametrize(("body", "found"), BY_RECORD.values(), ids=list(BY_RECORD))
def test_moves_of_a_record(tmp_path: Path, body: str, found: list[str]) -> None:
    jobs = read_tree(tmp_path, {**RECORDS, "tasks.py": TASK + body}).jobs
    evidence = next(each.evidence for each in jobs if each.name == "tasks.add")
    assert [f"{each.line} {each.what}" for each in evidence] == found
