"""Values that reach a task by way of tuples, casts, walruses, generators and loops are followed as Python would."""

from pathlib import Path

import pytest
from source_trees import read_tree

MODELS = """
    from trackwright import BaseTaskTracking
    class PriceTracking(BaseTaskTracking):
        __tablename__ = 'price_task_tracking'
"""
CELERY = "from celery import Celery\n"
TASK = "@queue.task\ndef add(): ...\n"
INNER = "    @queue.task\n    def add(): ...\n"
TRACKED = "from trackwright import TrackedTask\nclass Ours(TrackedTask): ...\n"

DECLARED = {
    # What is written, and framework, name and row of the jobs in it.
    "a class that is handed on": (
        f"{CELERY}def register(kind: type[Celery]):\n    made = kind('x')\n    @made.task\n    def add(): ...",
        ["celery tasks.add:5"],
    ),
    "an app that may be missing": (
        f"from typing import Optional\n{CELERY}def register(queue: Optional[Celery]):\n{INNER}",
        ["celery tasks.add:5"],
    ),
    "an app that a context manager yields": (
        f"{CELERY}def opened():\n    yield\n    yield Celery('x')\nwith opened() as queue:\n{INNER}",
        ["celery tasks.add:7"],
    ),
    "an app that a context manager says to yield": (
        f"from typing import Iterator\n{CELERY}def opened() -> Iterator[Celery]: ...\nwith opened() as queue:\n{INNER}",
        ["celery tasks.add:6"],
    ),
    "an app of a context manager that is no call": (f"{CELERY}with lock as queue:\n{INNER}", []),
    "a class that its app registers": (
        f"{CELERY}app = Celery()\n@app.register_task\nclass Add(app.Task):\n    name = 'add'\n    def run(self): ...",
        ["celery add:4"],
    ),
    "one of a tuple": (
        f"{CELERY}queue, other = Celery('x'), 1\n{TASK}@other.task\ndef mul(): ...",
        ["celery tasks.add:4"],
    ),
    "one of what a call gives": (f"{CELERY}queue, other = made()\n{TASK}", []),
    "one of too few": (f"{CELERY}queue, *other = [Celery('x'), *more]\n{TASK}", []),
    "a cast": (
        f"from typing import cast\n{CELERY}from here import current\nqueue = cast(Celery, current)\n{TASK}",
        ["celery tasks.add:6"],
    ),
    "a walrus": (f"{CELERY}if queue := Celery('x'):\n{INNER}", ["celery tasks.add:4"]),
    "an app that something else holds": (
        "from here import container\n@container.celery_app.task\ndef add(): ...",
        ["celery tasks.add:3"],
    ),
    "the app behind a proxy": (
        f"from celery import current_app\nqueue = current_app._get_current_object()\n{TASK}",
        ["celery tasks.add:4"],
    ),
    "Celery's current app": (
        "from celery import current_app\n@current_app.task\ndef add(): ...",
        ["celery tasks.add:3"],
    ),
    "an app by the name of who makes it": (
        f"def make_celery(): ...\nqueue = make_celery()\n{TASK}",
        ["celery tasks.add:4"],
    ),
    "an app of another framework": ("from procrastinate import app\n@app.queue.task\ndef add(): ...", []),
    "a text of an app's name": ("celery_app = 'x'\n@celery_app.task\ndef add(): ...", []),
    "a class whose instance is made elsewhere": (
        f"{CELERY}from here import make_task\napp = Celery('x')\napp.register_task(make_task())",
        ["celery tasks.make_task:4"],
    ),
    "a name that is put together": (
        (
            f"{CELERY}queue = Celery('x')\nPLACE = 'shop.'\n@queue.task(name=PLACE + 'add')\ndef add(): ...\n"
            "@queue.task(name=unknown + 'mul')\ndef mul(): ..."
        ),
        ["celery shop.add:5", "celery tasks.mul:7"],
    ),
    "a decorator that a function makes": (
        (
            f"{CELERY}app = Celery('x')\ndef job(name):\n    def decorate(f):\n        return app.task(f)\n"
            "    return decorate\nslow = job('slow')\n@slow\ndef add(): ..."
        ),
        ["celery tasks.add:9"],
    ),
    "a partial of nothing": (
        f"from functools import partial\n{CELERY}job = partial()\n@job\ndef add(): ...",
        [],
    ),
    "a wrapper with a class in it": (
        (
            f"{CELERY}app = Celery('x')\ndef job(f):\n    class Kept: ...\n    @app.task\n    def inner(*args):\n"
            "        return f(*args)\n    return inner\n@job\ndef add(): ..."
        ),
        ["celery tasks.add:10"],
    ),
    "a queue of one's own": (
        (
            "from rq import Queue\nclass Mine(Queue): ...\nqueue = Mine()\ndef add(): ...\nqueue.enqueue(add)\n"
            "queue.enqueue(add)"
        ),
        ["rq tasks.add:5"],
    ),
    "a job of another place": (
        "from rq import Queue\nfrom here import work\nqueue = Queue()\nqueue.enqueue(work)",
        ["rq here.work:4"],
    ),
    "a scheduler of one's own": (
        (
            "from apscheduler.schedulers.blocking import BlockingScheduler\nclass Mine(BlockingScheduler): ...\n"
            "mine = Mine()\ndef add(): ...\nmine.add_job(add)"
        ),
        ["apscheduler tasks.add:5"],
    ),
    "a scheduler by its name": (
        "def add(): ...\ndef start(app):\n    app.state.scheduler.add_job(add)",
        ["apscheduler tasks.add:3"],
    ),
    "a scheduler that nobody knows": (
        "import apscheduler\ndef make():\n    return f()\ndef add(): ...\nmake().add_job(add)\nhere().add_job(add)",
        [],
    ),
}


@pytest.mark.parametrize(("source", "jobs"), DECLARED.values(), ids=list(DECLARED))
def test_jobs(tmp_path: Path, source: str, jobs: list[str]) -> None:
    project = read_tree(tmp_path, {"tasks.py": source})
    assert [f"{each.framework} {each.name}:{each.location.row}" for each in project.jobs] == jobs


@pytest.mark.parametrize(
    ("source", "domain"),
    [
        (f"{TRACKED}{CELERY}class Mine(Celery):\n    task_cls = Ours\nqueue = Mine('x')\n{TASK}", None),
        (
            f"{TRACKED}{CELERY}class A(Celery):\n    task_cls: type = Ours\nclass Two(A): ...\nqueue = Two()\n{TASK}",
            None,
        ),
        (
            (
                f"{TRACKED}{CELERY}from models import PriceTracking\nqueue = Celery('x')\n"
                "@queue.task(base=Ours, model=PriceTracking)\ndef add(): ..."
            ),
            "price",
        ),
        (
            (
                f"{TRACKED}{CELERY}from models import PriceTracking\nqueue = Celery('x')\nMODEL = x or PriceTracking\n"
                "@queue.task(base=Ours, model=MODEL)\ndef add(): ..."
            ),
            "price",
        ),
    ],
)
def test_what_an_app_or_an_option_says_tracks_its_tasks(
    tmp_path: Path, source: str, domain: str | None
) -> None:
    (job,) = read_tree(tmp_path, {"tasks.py": source, "models.py": MODELS}).jobs
    assert (job.tracked, job.domain) == (True, domain)


APP = f"{CELERY}app = Celery('x')\n@app.task\ndef add(): ...\n@app.task\ndef mul(): ...\n"
SENT = {
    "for number, task in enumerate([add, mul]):\n    task.delay()": ["delay tasks.add:8"],
    "for task, number in [(mul, 1), (add, 2)]:\n    task.delay(number)": ["delay tasks.mul:8"],
    "for task in sorted({'a': add}.values()):\n    task.delay()": ["delay tasks.add:8"],
    "app.tasks['tasks.mul'].delay()": ["delay tasks.mul:7"],
    "app.tasks[unknown].delay()": [],
    "def helper(): ...\nsend = helper if x else add\nsend.delay()": ["delay tasks.add:9"],
    "def helper(): ...\nhelper.delay()": [],
    "(task := add).delay()": ["delay tasks.add:7"],
    "async def get():\n    return add\nasync def go():\n    (await get()).delay()": ["delay tasks.add:10"],
    "def go(self):\n    self.task = add\n    self.other.delay()": [],
}


@pytest.mark.parametrize(("source", "sent"), SENT.items())
def test_dispatches(tmp_path: Path, source: str, sent: list[str]) -> None:
    project = read_tree(tmp_path, {"tasks.py": APP + source})
    assert [f"{each.how} {each.job.name}:{each.node.lineno}" for each in project.dispatches.all()] == sent
