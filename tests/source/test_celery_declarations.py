"""Every way to declare a Celery task is found, under its right name; what only looks like one is not."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, read_tree

APP = {"shop/__init__.py": "", "shop/worker.py": "from celery import Celery\n\napp = Celery('shop')\n"}


@dataclass(frozen=True, slots=True)
class Case:
    """A tree, and the names and lines of the tasks in it."""

    says: str
    tree: Tree
    tasks: tuple[str, ...]


def case(says: str, *tasks: str, app: bool = False, **files: str) -> Case:
    """A case with files given as `a__b=source` for a/b.py, `a__init` for a/__init__.py."""
    tree = {
        "/".join("__init__" if part == "init" else part for part in name.split("__")) + ".py": source
        for name, source in files.items()
    }
    return Case(says, {**(APP if app else {}), **tree}, tasks)


DECLARED = [
    case(
        "shared_task without parentheses",
        "tasks.add:3",
        tasks="from celery import shared_task\n@shared_task\ndef add(): ...",
    ),
    case(
        "shared_task with options",
        "tasks.add:3",
        tasks="from celery import shared_task\n@shared_task(bind=True)\ndef add(self): ...",
    ),
    case(
        "shared_task under another name",
        "tasks.add:3",
        tasks="from celery import shared_task as background\n@background\ndef add(): ...",
    ),
    case(
        "celery.shared_task through the module",
        "tasks.add:3",
        tasks="import celery\n@celery.shared_task\ndef add(): ...",
    ),
    case(
        "the celery module under another name",
        "tasks.add:3",
        tasks="import celery as c\n@c.shared_task()\ndef add(): ...",
    ),
    case(
        "an app of the same module",
        "tasks.add:4",
        tasks="from celery import Celery\nqueue = Celery('x')\n@queue.task\ndef add(): ...",
    ),
    case(
        "an explicit name",
        "prices.add:4",
        tasks="from celery import Celery\nq = Celery()\n@q.task(name='prices.add')\ndef add(): ...",
    ),
    case(
        "a name made of constants",
        "prices.add:5",
        tasks="from celery import Celery\nq = Celery()\nPREFIX = 'prices'\n"
        "@q.task(name=f'{PREFIX}.add')\ndef add(): ...",
    ),
    case(
        "an app imported from a module of the project",
        "shop.tasks.add:3",
        app=True,
        shop__tasks="from shop.worker import app\n@app.task\ndef add(): ...",
    ),
    case(
        "an app imported under another name",
        "shop.tasks.add:3",
        app=True,
        shop__tasks="from shop.worker import app as q\n@q.task\ndef add(): ...",
    ),
    case(
        "an app through `import a.b as c`",
        "shop.tasks.add:3",
        app=True,
        shop__tasks="import shop.worker as w\n@w.app.task\ndef add(): ...",
    ),
    case(
        "an app through `import a.b`",
        "shop.tasks.add:3",
        app=True,
        shop__tasks="import shop.worker\n@shop.worker.app.task\ndef add(): ...",
    ),
    case(
        "an app through `from . import x`",
        "shop.tasks.add:3",
        app=True,
        shop__tasks="from . import worker\n@worker.app.task\ndef add(): ...",
    ),
    case(
        "an app through a relative import from above",
        "shop.jobs.tasks.add:3",
        app=True,
        shop__jobs__init="",
        shop__jobs__tasks="from ..worker import app\n@app.task\ndef add(): ...",
    ),
    case(
        "an app re-exported by the package",
        "shop.tasks.add:3",
        shop__init="from .core import queue as runner",
        shop__core="import celery\nqueue = celery.Celery()",
        shop__tasks="from shop import runner\n@runner.task\ndef add(): ...",
    ),
    case(
        "an app through a star import",
        "shop.tasks.add:3",
        shop__init="",
        shop__core="from celery import Celery\nrunner = Celery()",
        shop__tasks="from shop.core import *\n@runner.task\ndef add(): ...",
    ),
    case(
        "an app imported only for type checking",
        "shop.tasks.add:6",
        app=True,
        shop__tasks="""
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from celery import Celery
            def register(q: "Celery"):
                @q.task
                def add(): ...
        """,
    ),
    case(
        "a project module named celery beside the package",
        "shop.tasks.add:3",
        shop__init="from .celery import app as celery_app",
        shop__celery="from celery import Celery\napp = Celery()",
        shop__tasks="from shop.celery import app\n@app.task\ndef add(): ...",
    ),
    case(
        "an app in a folder without __init__",
        "shop.tasks.add:3",
        pyproject="",
        shop__core="from celery import Celery\nrunner = Celery()",
        shop__tasks="from shop.core import runner\n@runner.task\ndef add(): ...",
    ),
    case(
        "an app below src",
        "shop.tasks.add:3",
        src__shop__init="",
        src__shop__core="from celery import Celery\nrunner = Celery()",
        src__shop__tasks="from shop.core import runner\n@runner.task\ndef add(): ...",
    ),
    case(
        "current_app",
        "tasks.add:3",
        tasks="from celery import current_app\n@current_app.task\ndef add(): ...",
    ),
    case(
        "a function that returns the app, by its annotation",
        "tasks.add:6",
        tasks="""
            from celery import Celery
            def make() -> Celery:
                return configured()
            q = make()
            @q.task
            def add(): ...
        """,
    ),
    case(
        "a function that returns the app, by what it returns",
        "tasks.add:7",
        tasks="""
            from celery import Celery
            def make(flask):
                runner = Celery(flask.name)
                return runner
            q = make(None)
            @q.task(bind=True)
            def add(self): ...
        """,
    ),
    case(
        "a factory's parameter that is named celery",
        "tasks.add:3",
        tasks="def create(celery):\n    @celery.task\n    def add(): ...",
    ),
    case(
        "a factory's parameter with an annotation",
        "tasks.add:4",
        tasks="from celery import Celery\ndef create(q: Celery) -> None:\n    @q.task\n    def add(): ...",
    ),
    case(
        "a factory's parameter that is called in the task",
        "tasks.add:4",
        tasks="def create(celery, get_session):\n\n    @celery.task\n    def add():\n        get_session()\n",
    ),
    case(
        "an attribute of an object",
        "tasks.add:7",
        tasks="""
            from celery import Celery
            class Extension:
                def __init__(self):
                    self.queue = Celery()
            ext = Extension()
            @ext.queue.task
            def add(): ...
        """,
    ),
    case(
        "an app of a subclass of Celery",
        "tasks.add:5",
        tasks="import celery\nclass App(celery.Celery): ...\nq = App()\n@q.task\ndef add(): ...",
    ),
    case(
        "an app set by a function through `global`",
        "tasks.add:7",
        tasks="""
            from celery import Celery
            q = None
            def setup():
                global q
                q = Celery()
            @q.task
            def add(): ...
        """,
    ),
    case(
        "not the outermost decorator",
        "tasks.add:5",
        tasks="from celery import shared_task\nimport deco\n@deco.one\n@shared_task\ndef add(): ...",
    ),
    case(
        "a static method",
        "tasks.add:5",
        tasks="from celery import shared_task\nclass Jobs:\n    @staticmethod\n    @shared_task\n    def add(): ...",
    ),
    case(
        "the call form",
        "tasks.add:4",
        tasks="from celery import Celery\nq = Celery()\ndef add(): ...\nadd_task = q.task(add)",
    ),
    case(
        "the call form with options",
        "sums.add:4",
        tasks="from celery import Celery\nq = Celery()\ndef add(): ...\nadd_task = q.task(name='sums.add')(add)",
    ),
    case(
        "the call form on a function of another module",
        "sums.add:3",
        sums="def add(): ...",
        tasks="from celery import shared_task\nfrom sums import add\nadd_task = shared_task(add)",
    ),
    case(
        "a class",
        "tasks.Add:2",
        tasks="from celery import Task\nclass Add(Task):\n    def run(self): ...",
    ),
    case(
        "a class with a name of its own",
        "sums.add:2",
        tasks="import celery\nclass Add(celery.Task):\n    name = 'sums.add'\n    def run(self): ...",
    ),
    case(
        "a class of the app's Task",
        "tasks.Add:3",
        tasks="from celery import Celery\nq = Celery()\nclass Add(q.Task):\n    def run(self): ...",
    ),
    case(
        "a class whose base is in another module and has no run",
        "tasks.Add:2",
        bases="from celery import Task\nclass Reporting(Task):\n    def on_failure(self): ...",
        tasks="from bases import Reporting\nclass Add(Reporting):\n    def run(self): ...",
    ),
    case(
        "a class whose base runs, registered elsewhere",
        "tasks.Add:2",
        bases="from celery import Task\nclass Runner(Task):\n    def run(self): ...",
        tasks="from bases import Runner\nclass Add(Runner):\n    amount = 1",
        worker="from celery import Celery\nfrom tasks import Add\nq = Celery()\nq.register_task(Add())",
    ),
    case(
        "a class of celery's Task under another name",
        "tasks.Add:2",
        tasks="from celery import Task as T\nclass Add(T):\n    def run(self): ...",
    ),
    case(
        "an import inside a function",
        "tasks.add:4",
        tasks="def register():\n    from celery import shared_task\n    @shared_task\n    def add(): ...",
    ),
    case(
        "a lambda",
        "sums.add:3",
        tasks="from celery import Celery\nq = Celery()\nq.task(lambda a: a, name='sums.add')",
    ),
    case(
        "an attribute that is annotated",
        "tasks.add:6",
        tasks="""
            from celery import Celery
            class Extension:
                queue: Celery
            ext = Extension()
            @ext.queue.task
            def add(): ...
        """,
    ),
    case(
        "periodic_task of old Celery",
        "tasks.add:3",
        tasks="from celery.task import periodic_task\n@periodic_task(run_every=5)\ndef add(): ...",
    ),
    case(
        "a name that is bound in try and except",
        "tasks.add:6",
        tasks="""
            try:
                from celery import shared_task
            except ImportError:
                shared_task = None
            @shared_task
            def add(): ...
        """,
    ),
    case(
        "an alias of app.task",
        "tasks.add:3",
        worker="from celery import Celery\nbackground = Celery().task",
        tasks="from worker import background\n@background\ndef add(): ...",
    ),
    case(
        "an alias with functools.partial",
        "tasks.add:3",
        worker="import functools\nfrom celery import shared_task\nslow = functools.partial(shared_task, queue='slow')",
        tasks="from worker import slow\n@slow()\ndef add(): ...",
    ),
    case(
        "a wrapper that passes options on",
        "tasks.add:3",
        wrap="from celery import shared_task\ndef job(**options):\n    return shared_task(**options)",
        tasks="from wrap import job\n@job(queue='a')\ndef add(): ...",
    ),
    case(
        "a wrapper that takes the function",
        "tasks.add:3",
        wrap="from celery import shared_task\ndef job(fn):\n    return shared_task(bind=True)(fn)",
        tasks="from wrap import job\n@job\ndef add(self): ...",
    ),
    case(
        "a wrapper whose inner function is the task",
        "sums.add:3",
        wrap="""
            import functools
            from celery import shared_task
            def job(name):
                def decorate(fn):
                    @shared_task(name=name)
                    @functools.wraps(fn)
                    def inner(*args, **kwargs):
                        return fn(*args, **kwargs)
                    return inner
                return decorate
        """,
        tasks="from wrap import job as background\n@background(name='sums.add')\ndef add(): ...",
    ),
    case(
        "a wrapper around a wrapper, two modules away",
        "tasks.add:3",
        one="from celery import shared_task\ndef first(**options):\n    return shared_task(**options)",
        two="from one import first\ndef second(**options):\n    return first(queue='b', **options)",
        tasks="import two\n@two.second()\ndef add(): ...",
    ),
    case(
        "a wrapper that registers later, at a scan",
        "jobs.add:3",
        tasks="""
            import scanning
            def task(**options):
                def decorate(wrapped):
                    def callback(scanner, name, wrapped):
                        celery_app = scanner.registry["celery.app"]
                        celery_app.task(**options)(wrapped)
                    scanning.attach(wrapped, callback)
                    return wrapped
                return decorate
        """,
        jobs="import tasks\n@tasks.task(ignore_result=True)\ndef add(): ...",
    ),
    case(
        "a base class that registers its subclasses",
        "views.Report:2",
        base="""
            from celery import Celery
            q = Celery()
            class Background:
                def __init_subclass__(cls, **options):
                    super().__init_subclass__(**options)
                    q.register_task(cls())
        """,
        views="from base import Background\nclass Report(Background): ...",
    ),
    case(
        "an app class of the project that adds options to its tasks",
        "shop.tasks.add:3",
        shop__init="from .celery import queue as runner",
        shop__celery="""
            from celery import Celery
            class Loud(Celery):
                def task(self, *args, **options):
                    options.setdefault("acks_late", True)
                    return super().task(*args, **options)
            queue = Loud("shop")
        """,
        shop__tasks="from shop import runner\n@runner.task(queue='a')\ndef add(): ...",
    ),
    case(
        "functions in a loop over a list",
        "tasks.add:5",
        "tasks.subtract:5",
        tasks="from celery import Celery\nq = Celery()\ndef add(): ...\ndef subtract(): ...\n"
        "for each in [add, subtract]: q.task(each)",
    ),
    case(
        "functions in a loop over a dictionary",
        "tasks.add:5",
        tasks="from celery import Celery\nq = Celery()\ndef add(): ...\nJOBS = {'add': add}\n"
        "for name, job in JOBS.items(): q.task(job, name=name)",
    ),
    case(
        "a class of the project around a decorator of Celery's",
        "tasks.add:3",
        wrap="""
            from celery import shared_task
            class Job:
                def __init__(self, queue):
                    self.queue = queue
                def __call__(self, fn):
                    return shared_task(queue=self.queue)(fn)
        """,
        tasks="from wrap import Job\n@Job('slow')\ndef add(): ...",
    ),
    case(
        "tracked_task of trackwright",
        "tasks.add:3",
        tasks="from trackwright.jobs import tracked_task\n@tracked_task(app, Model)\ndef add(run): ...",
    ),
    case(
        "an app that nothing shows, by its name",
        "tasks.add:3",
        tasks="from elsewhere.celery_app import app\n@app.task\ndef add(): ...",
    ),
    case(
        "syntax newer than this interpreter",
        "tasks.add:5",
        tasks="from celery import shared_task\ntype Name = str\ndef of[T](x: T) -> T: ...\n"
        "@shared_task\ndef add(): return f'{of(\"a\")}'",
    ),
]

FOREIGN = [
    case("prefect", tasks="from prefect import task\n@task\ndef add(): ..."),
    case("airflow", tasks="from airflow.decorators import task\n@task\ndef add(): ..."),
    case("airflow's variants", tasks="from airflow.decorators import task\n@task.branch()\ndef add(): ..."),
    case("invoke", tasks="from invoke import task\n@task\ndef add(c): ..."),
    case(
        "locust",
        tasks="from locust import HttpUser, task\nclass U(HttpUser):\n    @task(3)\n    def add(self): ...",
    ),
    case("dagster", tasks="import dagster\n@dagster.task\ndef add(): ..."),
    case("procrastinate", tasks="from procrastinate import App\napp = App()\n@app.task\ndef add(): ..."),
    case(
        "procrastinate's app from a module of the project",
        queueing="import procrastinate\napp = procrastinate.App()",
        tasks="from queueing import app\n@app.task(queue='a')\ndef add(): ...",
    ),
    case(
        "a procrastinate blueprint",
        tasks="import procrastinate\ndef f(app: procrastinate.App):\n    @app.task\n    def add(): ...",
    ),
    case("huey", tasks="from huey import RedisHuey\nhuey = RedisHuey()\n@huey.task()\ndef add(): ..."),
    case("taskiq", tasks="from broker import broker\n@broker.task\nasync def add(): ..."),
    case(
        "a scheduler",
        tasks="from flask_apscheduler import APScheduler\ns = APScheduler()\n@s.task('cron')\ndef a(): ...",
    ),
    case(
        "a project's own task decorator",
        own="def task(fn):\n    return fn",
        tasks="from own import task\n@task\ndef add(): ...",
    ),
    case("a look-up on a request", views="def view(request):\n    request.task(add).delay()\ndef add(): ..."),
    case(
        "a base class with hooks only",
        tasks="from celery import Task\nclass B(Task):\n    def on_failure(self): ...",
    ),
    case(
        "an abstract base",
        tasks="from celery import Task\nclass B(Task):\n    abstract = True\n    def run(self): ...",
    ),
    case(
        "a class called Task of the project",
        models="class Task: ...\nclass Add(Task):\n    def run(self): ...",
    ),
    case(
        "a wrapper's own inside",
        wrap="from celery import shared_task\ndef job(fn):\n    return shared_task(fn)",
    ),
    case(
        "a function that only gives the app",
        tasks="'''No shared_task here.'''\nfrom celery import current_app\n"
        "def get(task):\n    return current_app\n@get\ndef task(): ...",
    ),
    case("the word in a text", tasks='"""\n@shared_task\ndef add(): ...\n"""'),
]


@pytest.mark.parametrize("each", DECLARED, ids=lambda each: each.says)
def test_finds(each: Case, tmp_path: Path) -> None:
    found = read_tree(tmp_path, each.tree)
    assert [f"{job.name}:{job.location.row}" for job in found.jobs] == list(each.tasks)
    assert not found.problems


@pytest.mark.parametrize("each", FOREIGN, ids=lambda each: each.says)
def test_leaves_alone(each: Case, tmp_path: Path) -> None:
    assert not [job for job in read_tree(tmp_path, each.tree).jobs if job.framework == "celery"]


def test_a_job_says_how_it_is_declared(tmp_path: Path) -> None:
    tree = {"a/b.py": "from celery import shared_task\n@shared_task(bind=True)\nasync def add(self): ..."}
    (job,) = read_tree(tmp_path, {"a/__init__.py": "", **tree}).jobs
    assert (job.framework, job.declared_by, job.is_async, job.bind) == ("celery", "@shared_task", True, True)
    assert (job.name, job.qualified_name) == ("a.b.add", "a.b.add")
