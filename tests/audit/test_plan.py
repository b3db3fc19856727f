"""The order of a migration, its reasons and its effort, from trees written here."""

from pathlib import Path

from source_trees import TODAY, Tree, read_tree

from trackwright_gen.audit.counting import legacy_rules, measure
from trackwright_gen.audit.ownership import Ownership
from trackwright_gen.audit.plan import Step, make_plan
from trackwright_gen.audit.relations import relate
from trackwright_gen.git.repository import NoRepository

APP = "from celery import Celery\n\napp = Celery('x')\n"


def plan(root: Path, tree: Tree, failures: dict[str, int] | None = None) -> tuple[Step, ...]:
    project = read_tree(root, {"app.py": APP, **tree})
    measured = measure(project, legacy_rules(), TODAY)
    ownership = Ownership(root, NoRepository("none"), None)
    return make_plan(project, measured, ownership, root, failures=failures)


def names(steps: tuple[Step, ...]) -> list[str]:
    return [each.name.rpartition(".")[2] for each in steps]


def words(step: Step) -> list[tuple[int, str]]:
    return [(each.points, each.words) for each in step.effort.reasons]


def test_what_is_sent_comes_before_its_sender_whatever_it_gives(tmp_path: Path) -> None:
    tree = {
        "t.py": """
            from app import app

            @app.task
            def outer():
                inner.delay()

            @app.task
            def inner(): ...
            """,
        "api.py": "from t import outer\n\ndef one(): outer.delay()\n\ndef two(): outer.delay()\n",
    }
    inner, outer = plan(tmp_path, tree)
    assert names((inner, outer)) == ["inner", "outer"]
    assert [(each.name, each.reason) for each in outer.after] == [("t.inner", "sent by it")]
    assert (outer.uses, inner.uses, inner.after) == (2, 1, ())
    assert [each.words for each in inner.gain] == ["sent from 1 place", "1 other waits for it"]


def test_steps_of_a_chain_come_in_its_order(tmp_path: Path) -> None:
    tree = {
        "t.py": """
            from app import app

            @app.task
            def c(): ...

            @app.task
            def b2(): ...

            @app.task
            def b1(): ...

            @app.task
            def a(): ...

            @app.task
            def d(): ...
            """,
        "flow.py": """
            from celery import chain, chord, group
            from t import a, b1, b2, c, d

            def run():
                chain(a.s(), group(b1.s(), b2.s()), c.si()).apply_async()
                (c.s() | d.s()).delay()

            def other():
                chord([b1.s()])(d.s())
            """,
    }
    steps = plan(tmp_path, tree)
    assert names(steps) == ["a", "b1", "b2", "c", "d"]
    after = {each.name: {other.name for other in each.after} for each in steps}
    assert after == {
        "t.a": set(),
        "t.b1": {"t.a"},
        "t.b2": {"t.a"},
        "t.c": {"t.b1", "t.b2"},
        "t.d": {"t.c", "t.b1"},
    }
    assert all("part of a chain or group" in [word for _, word in words(each)] for each in steps)


def test_a_circle_is_said_and_every_job_has_its_step(tmp_path: Path) -> None:
    tree = {
        "t.py": """
            from app import app

            @app.task
            def a():
                b.delay()

            @app.task
            def b():
                a.delay()

            @app.task
            def lonely(): ...
            """
    }
    steps = plan(tmp_path, tree)
    assert [(each.name, each.number, each.in_a_circle) for each in steps] == [
        ("t.lonely", 1, False),
        ("t.a", 2, True),
        ("t.b", 3, False),
    ]


def test_tracked_and_exempt_jobs_are_not_planned_and_hold_nothing_up(tmp_path: Path) -> None:
    tree = {
        "t.py": """
            from app import app
            from trackwright.jobs import tracked_task

            @app.task
            def a():
                done.delay()
                excused.delay()

            @tracked_task(app, Row, session_factory=S)
            def done(run): ...

            # trackwright: exempt[TW101] reason="x" approved-by="y"
            @app.task
            def excused(): ...
            """
    }
    (step,) = plan(tmp_path, tree)
    assert (step.name, step.after) == ("t.a", ())


def test_effort_is_the_sum_of_its_reasons(tmp_path: Path) -> None:
    body = "\n".join(f"    x{i} = {i}" for i in range(70))
    tree = {
        "models.py": "from base import Base\n\nclass TaskStatus(Base):\n    __tablename__ = 'task_status'\n",
        "hard.py": f"""from app import app
from models import TaskStatus

@app.task(bind=True)
async def hard(self, db):
    db.add(TaskStatus(status="new"))
    for row in db.query(TaskStatus): pass
    try:
        work()
    except OSError as error:
        raise self.retry(exc=error)
{body}
""",
        "api.py": "from hard import hard\n\n" + "\n".join(f"def f{i}(): hard.delay()" for i in range(5)),
        "beat.py": "from app import app\n\napp.conf.beat_schedule = {'x': {'task': 'hard.hard', 'schedule': 1}}\n",
    }
    (step,) = plan(tmp_path, tree)
    assert words(step) == [
        (1, "declaration and body"),
        (1, "a spec and a table for its domain"),
        (1, "an async body that Celery does not await"),
        (1, "a long body: 78 rows"),
        (1, "retries by hand, which the task's policy takes over"),
        (2, "5 places send it"),
        (1, "a beat schedule that has to create the row"),
        (2, "2 uses of legacy tracking in it"),
    ]
    assert (step.effort.points, step.effort.size) == (10, "L")
    assert [(each.points, each.words) for each in step.gain] == [
        (6, "sent from 6 places"),
        (3, "runs by the clock, with nobody watching"),
        (2, "keeps the legacy table in use"),
    ]


def test_another_framework_costs_more(tmp_path: Path) -> None:
    tree = {"t.py": "import dramatiq\n\n@dramatiq.actor\ndef f(): ...\n"}
    (step,) = plan(tmp_path, tree)
    assert (2, "becomes a Celery task, or is tracked by hand: dramatiq") in words(step)


def test_failed_runs_weigh_by_their_magnitude(tmp_path: Path) -> None:
    tree = {"t.py": "from app import app\n\n@app.task\ndef a(): ...\n\n@app.task\ndef b(): ...\n"}
    first, second = plan(tmp_path, tree, {"t.b": 1200})
    assert (first.name, first.failures, second.failures) == ("t.b", 1200, 0)
    assert [(each.points, each.words) for each in first.gain] == [(8, "1200 failed runs")]
    assert plan(tmp_path, tree)[0].failures is None


def test_a_job_that_sends_itself_does_not_wait_for_itself(tmp_path: Path) -> None:
    project = read_tree(
        tmp_path, {"app.py": APP, "t.py": "from app import app\n\n@app.task\ndef a():\n    a.delay()\n"}
    )
    assert dict(relate(project).before) == {}
