"""Bodies of legacy tasks rewritten on their own: what they become, or why they are left alone."""

import textwrap
from pathlib import Path
from typing import Any

import libcst as cst

from trackwright.legacy.mapping import STATUS_WORDS
from trackwright_gen.codemods.task.body import Body
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.session_lines import NeedsOwnSessionError
from trackwright_gen.codemods.task.target import Place, Target, TargetField
from trackwright_gen.location import Location

NOWHERE = Place("app", "x")
TARGET = Target(
    domain="price",
    file=Path("app/tasks/price.py"),
    task=NOWHERE,
    model=NOWHERE,
    service=NOWHERE,
    crud=NOWHERE,
    session=NOWHERE,
    is_async_project=False,
    table="task_status",
    task_type="price",
    fields={"sku": TargetField("sku", "string", required=False)},
    columns={"resource_id": "sku", "retry_count": "attempts", "sku": "sku"},
    words={word: status.value for word, status in STATUS_WORDS.items()},
    max_attempts=3,
    retry_on=(),
    give_up_on=(),
)
FACTS = Facts(
    function="work",
    self_name="self",
    row_parameter="status_id",
    model_names=frozenset({"TaskStatus", "models.TaskStatus"}),
    factories=frozenset({"SessionLocal"}),
    counters=frozenset({"retry_count"}),
    default_delay=180,
    constants={"State.FAILED.value": "failed"},
    target=TARGET,
    location=Location(Path("app/tasks.py")),
)


def rewritten(source: str, facts: Facts = FACTS) -> str:
    """The new body, or why there is none."""
    text = textwrap.dedent(source).strip("\n") + "\n"
    module = cst.parse_module(text.replace("...\n", START, 1))
    try:
        body: Any = Body(facts).rewrite([each for each in module.body if isinstance(each, cst.BaseStatement)])
    except CannotRewriteError as error:
        return f"cannot: {error}"
    except NeedsOwnSessionError as error:
        return f"own session: {error}"
    return cst.Module(body).code.lstrip()


START = """\
db = SessionLocal()
row = db.get(TaskStatus, status_id)
row.status = 'running'
db.commit()
"""
"""What `...` stands for at the head of a case."""
