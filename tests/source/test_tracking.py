"""What counts as tracking, with its evidence; what only mentions it does not."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, read_tree

SERVICE = {
    "app/__init__.py": "",
    "app/services.py": """
        from trackwright import BaseTaskTrackingService
        from app.models import PriceTracking
        class PriceService(BaseTaskTrackingService[PriceTracking]):
            model = PriceTracking
    """,
    "app/models.py": """
        from app.base import BaseTaskTracking
        class PriceTracking(BaseTaskTracking):
            __tablename__ = "price_task_tracking"
    """,
}
HEAD = """
        from celery import shared_task
        from app.services import PriceService
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A tree with one task, and what speaks for its tracking."""

    says: str
    tree: Tree
    evidence: tuple[str, ...]


TRACKED = [
    Case(
        "tracked_task",
        {"t.py": "from trackwright.jobs import tracked_task\n@tracked_task(app, M)\ndef add(run): ..."},
        ("t.py:3 declared with trackwright.jobs.tracked_task",),
    ),
    Case(
        "tracked_task through the package's short name",
        {"t.py": "import trackwright as tw\n@tw.tracked_task(app, M)\ndef add(run): ..."},
        ("t.py:3 declared with trackwright.tracked_task",),
    ),
    Case(
        "base=TrackedTask",
        {
            "t.py": "from celery import shared_task\nfrom trackwright import TrackedTask\n"
            "@shared_task(base=TrackedTask)\ndef add(run): ..."
        },
        ("t.py:4 declared with trackwright.TrackedTask",),
    ),
    Case(
        "a base that inherits TrackedTask in another module",
        {
            "bases.py": "from trackwright.jobs import TrackedTask\nclass Ours(TrackedTask): ...",
            "t.py": "from celery import shared_task\nfrom bases import Ours\n"
            "@shared_task(base=Ours)\ndef add(run): ...",
        },
        ("t.py:4 declared with trackwright.jobs.TrackedTask",),
    ),
    Case(
        "a service, as the principles write it",
        {
            "app/t.py": HEAD
            + """
        @shared_task(bind=True)
        async def update(self, tracking_id):
            service = PriceService(db)
            try:
                await service.update_status(tracking_id, "PROCESSING")
                await service.update_status(tracking_id, "COMPLETED")
            except Exception as e:
                await service.update_status(tracking_id, "FAILED", str(e))
                raise self.retry(exc=e)
        """
        },
        (
            "app/t.py:8 update_status(PROCESSING)",
            "app/t.py:9 update_status(COMPLETED)",
            "app/t.py:11 update_status(FAILED)",
        ),
    ),
    Case(
        "the shared utilities",
        {
            "t.py": """
                from celery import shared_task
                from app.utils.task_tracking import handle_task_error, update_task_status
                @shared_task(bind=True)
                async def add(self, tracking_id):
                    try:
                        await update_task_status(tracking_id, "PROCESSING")
                    except Exception as e:
                        await handle_task_error(self, tracking_id, e)
            """
        },
        ("t.py:6 update_task_status(PROCESSING)", "t.py:8 handle_task_error(FAILED)"),
    ),
    Case(
        "an enum's members, by keyword",
        {
            "app/t.py": HEAD
            + """
        from app.status import Status
        @shared_task
        def update(tracking_id):
            with PriceService(db) as service:
                service.update_status(tracking_id, status=Status.PROCESSING)
                service.update_status(tracking_id, status=Status.COMPLETED.value)
        """
        },
        ("app/t.py:8 update_status(PROCESSING)", "app/t.py:9 update_status(COMPLETED)"),
    ),
    Case(
        "in a function that the body calls, and in the one that calls",
        {
            "app/run.py": """
                from app.services import PriceService
                def started(tracking_id):
                    _set(tracking_id, "PROCESSING")
                def finished(tracking_id, ok):
                    _set(tracking_id, "COMPLETED" if ok else "FAILED")
                def _set(tracking_id, status):
                    PriceService(db).update_status(tracking_id, status)
            """,
            "app/t.py": """
                from celery import shared_task
                from app import run
                @shared_task
                def update(tracking_id):
                    run.started(tracking_id)
                    run.finished(tracking_id, True)
            """,
        },
        ("app/run.py:7 update_status(PROCESSING)", "app/run.py:7 update_status(COMPLETED | FAILED)"),
    ),
    Case(
        "in an inner coroutine that is run",
        {
            "app/t.py": HEAD
            + """
        import asyncio
        @shared_task
        def update(tracking_id):
            asyncio.run(_update(tracking_id))
        async def _update(tracking_id):
            service = PriceService(db)
            await service.update_status(tracking_id, "PROCESSING")
            await service.update_status(tracking_id, "COMPLETED")
        """
        },
        ("app/t.py:10 update_status(PROCESSING)", "app/t.py:11 update_status(COMPLETED)"),
    ),
    Case(
        "in hooks of the base class",
        {
            "app/bases.py": """
                from celery import Task
                from app.services import PriceService
                class Reporting(Task):
                    def before_start(self, task_id, args, kwargs):
                        self.service.update_status(args[0], "PROCESSING")
                    def on_success(self, retval, task_id, args, kwargs):
                        self.service.update_status(args[0], "COMPLETED")
                    @property
                    def service(self):
                        return PriceService(db)
            """,
            "app/t.py": """
                from celery import shared_task
                from app.bases import Reporting
                @shared_task(base=Reporting)
                def update(tracking_id): ...
            """,
        },
        ("app/bases.py:5 update_status(PROCESSING)", "app/bases.py:7 update_status(COMPLETED)"),
    ),
    Case(
        "in a decorator of the project",
        {
            "app/deco.py": """
                from app.services import PriceService
                def tracked(fn):
                    def inner(tracking_id):
                        PriceService(db).update_status(tracking_id, "PROCESSING")
                        fn(tracking_id)
                        PriceService(db).update_status(tracking_id, "COMPLETED")
                    return inner
            """,
            "app/t.py": """
                from celery import shared_task
                from app.deco import tracked
                @shared_task
                @tracked
                def update(tracking_id): ...
            """,
        },
        ("app/deco.py:4 update_status(PROCESSING)", "app/deco.py:6 update_status(COMPLETED)"),
    ),
    Case(
        "methods of a class task",
        {
            "app/t.py": """
                from celery import Task
                from app.services import PriceService
                class Update(Task):
                    def run(self, tracking_id):
                        self.move(tracking_id, "PROCESSING")
                        self.move(tracking_id, "COMPLETED")
                    def move(self, tracking_id, status):
                        PriceService(db).update_status(tracking_id, status)
            """
        },
        ("app/t.py:8 update_status(PROCESSING)", "app/t.py:8 update_status(COMPLETED)"),
    ),
]

UNTRACKED = [
    Case(
        "mentioning a tracking model",
        {
            "app/t.py": """
                from celery import shared_task
                from app.models import PriceTracking
                @shared_task
                def clean(db):
                    db.query(PriceTracking).delete()
            """
        },
        (),
    ),
    Case(
        "a start without an end",
        {
            "app/t.py": HEAD
            + """
        @shared_task
        def update(tracking_id):
            PriceService(db).update_status(tracking_id, "PROCESSING")
        """
        },
        ("app/t.py:6 update_status(PROCESSING)",),
    ),
    Case(
        "an order that has a status of its own",
        {
            "t.py": """
                from celery import shared_task
                @shared_task
                def ship(order):
                    order.update_status("PROCESSING")
                    order.update_status("COMPLETED")
            """
        },
        (),
    ),
    Case(
        "a tracked task that is only dispatched",
        {
            "app/t.py": HEAD
            + """
        def move(tracking_id):
            PriceService(db).update_status(tracking_id, "PROCESSING")
            PriceService(db).update_status(tracking_id, "COMPLETED")
        @shared_task
        def fan_out():
            move.delay(1)
        """
        },
        (),
    ),
    Case(
        "more than three calls away",
        {
            "app/t.py": HEAD
            + """
        @shared_task
        def update(tracking_id): one(tracking_id)
        def one(tracking_id): two(tracking_id)
        def two(tracking_id): three(tracking_id)
        def three(tracking_id): four(tracking_id)
        def four(tracking_id):
            PriceService(db).update_status(tracking_id, "PROCESSING")
            PriceService(db).update_status(tracking_id, "COMPLETED")
        """
        },
        (),
    ),
]


@pytest.mark.parametrize("each", TRACKED, ids=lambda each: each.says)
def test_counts(each: Case, tmp_path: Path) -> None:
    (job,) = read_tree(tmp_path, {**SERVICE, **each.tree}).jobs
    shown = tuple(f"{one.path.relative_to(tmp_path)}:{one.line} {one.what}" for one in job.evidence)
    assert (job.tracked, shown) == (True, each.evidence)


@pytest.mark.parametrize("each", UNTRACKED, ids=lambda each: each.says)
def test_does_not_count(each: Case, tmp_path: Path) -> None:
    (job,) = read_tree(tmp_path, {**SERVICE, **each.tree}).jobs
    shown = tuple(f"{one.path.relative_to(tmp_path)}:{one.line} {one.what}" for one in job.evidence)
    assert (job.tracked, shown) == (False, each.evidence)


@pytest.mark.parametrize("marker", ["monitored", "app.deco.monitored", "app.deco:monitored"])
def test_a_marker_of_the_settings_counts(marker: str, tmp_path: Path) -> None:
    tree = {
        "app/__init__.py": "",
        "app/deco.py": "def monitored(fn): return fn",
        "app/t.py": "from celery import shared_task\nfrom app.deco import monitored\n"
        "@shared_task\n@monitored\ndef update(): ...",
    }
    (job,) = read_tree(tmp_path, tree, markers=(marker,)).jobs
    assert job.tracked


def test_the_domain_is_read_from_the_model(tmp_path: Path) -> None:
    tree = {
        **SERVICE,
        "app/t.py": "from trackwright import tracked_task\nfrom app.models import PriceTracking\n"
        "@tracked_task(app, PriceTracking)\ndef update(run): ...",
    }
    (job,) = read_tree(tmp_path, tree).jobs
    assert job.domain == "price"
