"""Jobs of the other frameworks are found in each of their forms, through wrappers too; look-alikes are not."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, read_tree


@dataclass(frozen=True, slots=True)
class Case:
    """A tree, and the jobs in it as `framework name:row`."""

    says: str
    tree: Tree
    jobs: tuple[str, ...]


def case(says: str, *jobs: str, **files: str) -> Case:
    """A case with files given as `a__b=source` for a/b.py, `a__init` for a/__init__.py."""
    tree = {
        "/".join("__init__" if part == "init" else part for part in name.split("__")) + ".py": source
        for name, source in files.items()
    }
    return Case(says, tree, jobs)


FOUND = [
    case(
        "an actor of dramatiq",
        "dramatiq t.add:3",
        t="import dramatiq\n@dramatiq.actor\ndef add(): ...",
    ),
    case(
        "an actor with options, under another name",
        "dramatiq t.add:3",
        t="from dramatiq import actor as background\n@background(queue_name='a')\ndef add(): ...",
    ),
    case(
        "an actor made by a call",
        "dramatiq t.add:3",
        t="import dramatiq as d\ndef add(): ...\nadd_actor = d.actor(add)",
    ),
    case(
        "a project's own actor, used where dramatiq never occurs",
        "dramatiq mail.tasks.send:3",
        worker__init="""
            import functools
            from dramatiq import actor as _actor
            def actor(**options):
                def decorate(fn):
                    @functools.wraps(fn)
                    async def wrapped(*args, **kwargs):
                        return await fn(*args, **kwargs)
                    return _actor(wrapped, **options)
                return decorate
        """,
        mail__init="",
        mail__tasks="from worker import actor\n@actor(actor_name='mail.send')\nasync def send(): ...",
    ),
    case(
        "a task of huey",
        "huey t.add:4",
        t="from huey import RedisHuey\nh = RedisHuey()\n@h.task(retries=2)\ndef add(): ...",
    ),
    case(
        "a periodic task of huey's in another module",
        "huey t.add:3",
        core="import huey\nh = huey.SqliteHuey('x')",
        t="from core import h as queue\n@queue.periodic_task(None)\ndef add(): ...",
    ),
    case(
        "huey in Django",
        "huey t.add:3",
        "huey t.clean:5",
        t="from huey.contrib import djhuey as huey\n@huey.db_task()\ndef add(): ...\n"
        "@huey.db_periodic_task(None)\ndef clean(): ...",
    ),
    case(
        "huey's shortcuts for many queues in Django",
        "huey t.add:3",
        t="from django_huey import db_task\n@db_task(queue='a')\ndef add(): ...",
    ),
    case(
        "a project's own decorator around huey",
        "huey t.add:3",
        own="""
            import functools
            from huey.contrib.djhuey import HUEY as huey
            def task(retries=5):
                def decorate(fn):
                    @functools.wraps(fn)
                    def inner(*args, **kwargs):
                        return fn(*args, **kwargs)
                    return huey.task(retries=retries)(inner)
                return decorate
        """,
        t="from own import task\n@task()\ndef add(): ...",
    ),
    case(
        "a job of RQ by its decorator",
        "rq t.add:3",
        t="from rq.decorators import job\n@job('low', connection=None)\ndef add(): ...",
    ),
    case(
        "a job of django-rq",
        "rq t.add:3",
        t="import django_rq\n@django_rq.job\ndef add(): ...",
    ),
    case(
        "a project's own decorator class, with some of its options given",
        "rq t.add:3",
        worker="""
            from functools import partial
            from rq.decorators import job as rq_job
            class Counting(rq_job):
                def __call__(self, fn):
                    return super().__call__(fn)
            job = partial(Counting, connection=None)
        """,
        t="from worker import job\n@job('default')\ndef add(): ...",
    ),
    case(
        "a function that is enqueued",
        "rq jobs.add:4",
        jobs="def add(): ...",
        t="from rq import Queue\nfrom jobs import add\nq = Queue()\nq.enqueue(add, 1)",
    ),
    case(
        "a function that is enqueued later, and one by name",
        "rq t.add:4",
        "rq jobs.send:5",
        t="from rq import Queue\ndef add(): ...\nq = Queue()\nq.enqueue_in(60, add)\nq.enqueue('jobs.send')",
    ),
    case(
        "a partial that is enqueued",
        "rq t.add:6",
        t="from functools import partial\nfrom rq import Queue\ndef add(n): ...\n"
        "job = partial(add, 1)\nq = Queue()\nq.enqueue(job)",
    ),
    case(
        "functions in a dictionary",
        "rq t.add:7",
        "rq t.clean:7",
        t="from rq import Queue\ndef add(): ...\ndef clean(): ...\nJOBS = {'add': add, 'clean': clean}\n"
        "q = Queue()\ndef start(name):\n    q.enqueue(JOBS[name])",
    ),
    case(
        "a project's function that enqueues what it is given",
        "rq views.send:4",
        lib__init="",
        lib__jobs="import rq\ndef enqueue(fn, *args):\n    return rq.Queue().enqueue_call(func=fn, args=args)",
        views="from lib import jobs\ndef send(): ...\ndef view(request):\n    jobs.enqueue(send, 1)",
    ),
    case(
        "a wrapper around a project's own queue, with arguments handed on",
        "rq views.send:4",
        lib__init="",
        lib__queues="""
            from rq import Queue
            class Scheduler:
                def enqueue(self, name, function, *args, **options):
                    return Queue(name).enqueue(function, *args, **options)
            def schedule(function, options=None):
                scheduler = Scheduler()
                scheduler.enqueue("short", function=function, options=options)
        """,
        views="from lib.queues import schedule as start\ndef send(): ...\ndef view():\n    start(function=send)",
    ),
    case(
        "a schedule of rq-scheduler",
        "rq t.add:4",
        t="from rq_scheduler import Scheduler\ndef add(): ...\ns = Scheduler()\ns.cron('* * * * *', func=add)",
    ),
    case(
        "a job of APScheduler by a call",
        "apscheduler t.add:4",
        t="from apscheduler.schedulers.background import BackgroundScheduler\ndef add(): ...\n"
        "s = BackgroundScheduler()\ns.add_job(add, 'cron')",
    ),
    case(
        "a job of APScheduler by a decorator",
        "apscheduler t.add:4",
        t="from apscheduler.schedulers.asyncio import AsyncIOScheduler\nscheduler = AsyncIOScheduler()\n"
        "@scheduler.scheduled_job('interval')\nasync def add(): ...",
    ),
    case(
        "a scheduler that an object holds",
        "apscheduler t.Clock.tick:5",
        t="""
            from apscheduler.schedulers.background import BackgroundScheduler
            class Clock:
                def __init__(self):
                    self.scheduler = BackgroundScheduler()
                    self.scheduler.add_job(func=self.tick)
                def tick(self): ...
        """,
    ),
    case(
        "a background task of FastAPI",
        "background_tasks t.send:4",
        t="from fastapi import BackgroundTasks\ndef send(): ...\ndef view(tasks: BackgroundTasks):\n"
        "    tasks.add_task(send, 1)",
    ),
    case(
        "a background task of Starlette",
        "background_tasks t.send:4",
        t="from starlette.background import BackgroundTask\ndef send(): ...\ndef view():\n"
        "    return Response(background=BackgroundTask(send))",
    ),
    case(
        "a task of procrastinate",
        "procrastinate t.add:4",
        t="import procrastinate\napp = procrastinate.App()\n@app.task(queue='a')\ndef add(): ...",
    ),
    case(
        "a task of procrastinate's under a schedule, the app in another module",
        "procrastinate t.add:4",
        core="from procrastinate import App as Queue\napp = Queue()",
        t="from core import app\n@app.periodic(cron='* * * * *')\n@app.task\ndef add(at): ...",
    ),
    case(
        "a blueprint of procrastinate's",
        "procrastinate t.add:4",
        t="from procrastinate import Blueprint\nbp = Blueprint()\n@bp.task\ndef add(): ...",
    ),
]

LEFT_ALONE = [
    case("a queue of things", t="import rq\nclass Queue:\n    def enqueue(self, x): ...\nQueue().enqueue(print)"),
    case("a Celery task's message sent after the response", t="def view(background_tasks):\n"
         "    background_tasks.add_task(job.delay, 1)"),
    case("a method that takes any function", own="""
            from apscheduler.schedulers.background import BackgroundScheduler
            class Worker:
                def add(self, fn):
                    BackgroundScheduler().add_job(fn)
        """),
    case("an attribute that holds any function", own="""
            from rq import Queue
            class Task:
                def __init__(self, func):
                    self.func = func
                def start(self):
                    Queue().enqueue(self.func)
        """),
    case("an actor of a play", t="def actor(fn): return fn\n@actor\ndef add(): ..."),
    case("asyncio's task groups", t="def view(group):\n    group.add_task(add)\ndef add(): ..."),
    case("prefect", t="from prefect import task\n@task\ndef add(): ..."),
    case("airflow", t="from airflow.decorators import task\n@task\ndef add(): ..."),
    case("locust", t="from locust import task\n@task(3)\ndef add(user): ..."),
    case("invoke", t="from invoke import task\n@task\ndef add(c): ..."),
    case("dagster", t="from dagster import op, job\n@job\ndef add(): ..."),
]  # fmt: skip


@pytest.mark.parametrize("each", FOUND, ids=lambda each: each.says)
def test_finds(each: Case, tmp_path: Path) -> None:
    found = read_tree(tmp_path, each.tree)
    shown = [f"{job.framework} {job.name}:{job.location.row}" for job in found.jobs]
    assert sorted(shown) == sorted(each.jobs)
    assert not found.problems


@pytest.mark.parametrize("each", LEFT_ALONE, ids=lambda each: each.says)
def test_leaves_alone(each: Case, tmp_path: Path) -> None:
    assert not read_tree(tmp_path, each.tree).jobs
