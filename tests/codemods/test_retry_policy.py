"""Retries by hand, in the forms that code has them, and what they come to."""

from pathlib import Path

import pytest
from source_trees import read_tree

from trackwright_gen.codemods.retry_policy import RetryPolicy, retry_policy

_TASK = """
from celery import Celery
from requests import ConnectionError, Timeout

app = Celery("a")
LIMIT = 4


class Gone(Exception):
    pass


@app.task({options})
def work(self, row):
    try:
        print(row)
{handlers}
"""


def policy(root: Path, handlers: str, options: str = "bind=True") -> RetryPolicy:
    """The policy of a task with some handlers."""
    lines = "\n".join(f"    {line}" for line in handlers.strip("\n").splitlines())
    project = read_tree(root, {"app/tasks.py": _TASK.format(options=options, handlers=lines)})
    (job,) = project.jobs
    return retry_policy(project, job)


RETRY = "except Exception as e:\n    raise self.retry(exc=e, countdown={})"


@pytest.mark.parametrize(
    ("countdown", "expected"),
    [
        ("60", ("fixed", 60, None, 0)),
        ("60 * 2 ** self.request.retries", ("exponential", 60, None, 0)),
        ("(2 ** self.request.retries) * 5", ("exponential", 5, None, 0)),
        ("2 ** (self.request.retries + 1)", ("exponential", 2, None, 0)),
        ("min(60 * 2 ** self.request.retries, 900)", ("exponential", 60, 900, 0)),
        ("min(3600, 30 * 2 ** self.request.retries)", ("exponential", 30, 3600, 0)),
        ("LIMIT * 2 ** row.retry_count", ("exponential", 4, None, 0)),
        ("60 * (self.request.retries + 1)", ("exponential", 60, None, 1)),
        ("wait_for(row)", ("exponential", 60, None, 1)),
        ("100 - 10 * self.request.retries", ("exponential", 100, None, 1)),
        ("LIMIT / 2", ("exponential", 60, None, 1)),
        ("Timeout * 2", ("exponential", 60, None, 1)),
        ("min(wait_for(row), longest(row))", ("exponential", 60, None, 1)),
    ],
)
def test_the_distance_is_read_from_the_countdown(
    tmp_path: Path, countdown: str, expected: tuple[str, int, int | None, int]
) -> None:
    found = policy(tmp_path, RETRY.format(countdown))
    assert (found.backoff, found.base, found.cap, len(found.questions)) == expected


@pytest.mark.parametrize(
    ("options", "handlers", "attempts"),
    [
        ("bind=True", RETRY.format(5), 4),
        ("bind=True, max_retries=7", RETRY.format(5), 8),
        ("bind=True, max_retries=LIMIT", RETRY.format(5), 5),
        ("bind=True", "except Exception:\n    raise self.retry(max_retries=1)", 2),
        ("bind=True", "except Exception:\n    raise", 1),
        ("bind=True, autoretry_for=(Timeout,), retry_backoff=2", "except Gone:\n    raise", 4),
        (
            "bind=True, max_retries=9",
            "except Exception:\n    if 3 > self.request.retries:\n        raise self.retry()\n    raise",
            4,
        ),
        (
            "bind=True, max_retries=9",
            "except Exception:\n    if self.request.retries < limit():\n        raise self.retry()\n    raise",
            10,
        ),
        (
            "bind=True, max_retries=9",
            "except Exception:\n    if row.size > 3:\n        raise self.retry()\n    raise",
            10,
        ),
        (
            "bind=True, max_retries=9",
            "except Exception:\n    if self.request.retries < 3:\n        raise self.retry()\n    raise",
            4,
        ),
        (
            "bind=True, max_retries=9",
            "except Exception:\n    if self.request.retries >= LIMIT:\n        raise\n    raise self.retry()",
            5,
        ),
        (
            "bind=True",
            (
                "except Exception:\n    row.retry_count += 1\n    if row.retry_count < LIMIT:\n"
                "        work.apply_async((row,), countdown=5)"
            ),
            4,
        ),
        (
            "bind=True",
            (
                "except Exception:\n    if row.retry_count <= 2:\n        row.retry_count += 1\n"
                "        work.apply_async((row,), countdown=5)"
            ),
            4,
        ),
    ],
)
def test_the_limit_is_read_from_options_and_tests(
    tmp_path: Path, options: str, handlers: str, attempts: int
) -> None:
    assert policy(tmp_path, handlers, options).max_attempts == attempts


def test_which_errors_are_tried_again(tmp_path: Path) -> None:
    failed = "    row.status = 'failed'\n"
    some = policy(
        tmp_path, f"except (ConnectionError, Gone):\n    raise self.retry()\nexcept Exception:\n{failed}"
    )
    assert (some.retry_on, some.give_up_on) == (("requests.ConnectionError", "app.tasks.Gone"), ())
    not_these = policy(
        tmp_path, f"except (ValueError, Timeout):\n{failed}except Exception:\n    raise self.retry()"
    )
    assert (not_these.retry_on, not_these.give_up_on) == ((), ("ValueError", "requests.Timeout"))


def test_an_unbounded_retry_is_a_question(tmp_path: Path) -> None:
    found = policy(tmp_path, RETRY.format(5), "bind=True, max_retries=None")
    assert [text for text, _ in found.questions] == ["max_retries=None: how often at most?"]


@pytest.mark.parametrize(
    ("handlers", "question"),
    [
        (
            "except Exception:\n    work.apply_async((row,), countdown=5)",
            "it sends itself again; how often at most?",
        ),
        ("except Exception:\n    raise self.retry(eta=later())", "eta=later(): which distance?"),
    ],
)
def test_what_cannot_be_read_is_a_question(tmp_path: Path, handlers: str, question: str) -> None:
    found = policy(tmp_path, handlers)
    assert [text for text, _ in found.questions] == [question]
    assert found.max_attempts == 4


@pytest.mark.parametrize(
    ("error", "names"),
    [
        ("", ()),
        (" Exception", ()),
        (" (app.errors[0], Gone)", ("app.tasks.Gone",)),
        (" policy", ("policy",)),
        (" [Gone, ValueError]", ("app.tasks.Gone", "ValueError")),
    ],
)
def test_errors_are_named_as_they_can_be_imported(tmp_path: Path, error: str, names: tuple[str, ...]) -> None:
    found = policy(tmp_path, f"except{error}:\n    raise self.retry()")
    assert found.retry_on == names
    asked = ["except app.errors[0]: which errors?"] if "errors" in error else []
    assert [text for text, _ in found.questions] == asked


def test_automatic_retries_without_backoff_have_celerys_distance(tmp_path: Path) -> None:
    found = policy(tmp_path, "except Gone:\n    raise", "bind=True, autoretry_for=(Timeout,)")
    assert (found.backoff, found.base, found.retry_on) == ("fixed", 180, ("requests.Timeout",))


def test_a_task_whose_code_is_elsewhere_is_tried_once(tmp_path: Path) -> None:
    source = (
        "from celery import Celery\nfrom there import work\n\napp = Celery('a')\nhandle = app.task(work)\n"
    )
    project = read_tree(tmp_path, {"app/tasks.py": source})
    (job,) = project.jobs
    assert retry_policy(project, job).max_attempts == 1
