"""`trackwright legacy task`: what it writes, what it leaves alone and why, once and again."""

import ast
import subprocess
import textwrap

import pytest
from click.testing import CliRunner
from depot_copy import Depot

from trackwright_gen.cli.group import trackwright

TASK = "app.tasks.prices.refresh_price"


def moved(depot: Depot, *options: str, code: int = 0) -> str:
    """What the command says."""
    done = CliRunner().invoke(trackwright, ["legacy", "task", "-C", str(depot.root), *options])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_all_tasks_move_once_and_the_linter_finds_none_of_them_again(generated: Depot) -> None:
    said = moved(generated, "--all")
    assert said.count("moved app.tasks.") == 4
    assert "left alone" not in said
    after = generated.files()
    assert moved(generated, "--all") == "nothing to rewrite\n"
    assert moved(generated, TASK) == "nothing to rewrite\n"
    assert generated.files() == after
    found = generated.run("trackwright_gen", "lint", "--output-format", "concise", code=1)
    # The model itself goes with its rows: `legacy finish`.
    assert {line.partition(":")[0] for line in found.splitlines() if "TW" in line} == {
        "app/models/status.py",
    }
    generated.run("trackwright_gen", "generate", "--check")


def test_one_task_moves_alone(generated: Depot) -> None:
    before = generated.files()
    moved(generated, TASK, "--domain", "price_refresh")
    changed = {name for name, content in generated.files().items() if before[name] != content}
    assert changed == {"app/main.py", "app/tasks/prices.py", "app/tasks/price_refresh.py"}
    assert "import_orders.delay(row.id, filename, source=" in generated.text("app/main.py")


def test_comments_and_formatting_stay(generated: Depot) -> None:
    moved(generated, "--all")
    price = generated.text("app/tasks/price_refresh.py")
    assert "        # A supplier is asked once per attempt.\n        price = quote(sku)\n" in price
    assert "product.price = rounded(price)  # two places\n" in price
    assert "run.checkpoint(commit=True)  # line by line: what is there stays there\n" in generated.text(
        "app/tasks/order_import.py"
    )
    main = generated.text("app/main.py")
    assert "render_invoice.delay(order_id=order_id)  # it makes its own row\n" in main
    assert "TaskStatus," not in main
    assert "from app.tasks.prices" not in main
    for name in ("app/main.py", "app/tasks/prices.py", "app/tasks/orders.py"):
        ast.parse(generated.text(name))


def test_a_diff_is_shown_and_nothing_written(generated: Depot) -> None:
    before = generated.files()
    diff = moved(generated, "--all", "--diff", code=1)
    assert generated.files() == before
    lines = diff.splitlines()
    patch = "\n".join(line for line in lines if not line.startswith(("would move", "  note"))) + "\n"
    subprocess.run(["git", "apply", "-"], cwd=generated.root, input=patch, text=True, check=True)
    assert moved(generated, "--all") == "nothing to rewrite\n"


# One use that cannot be rewritten, and what is said about it: the whole task stays.
UNSAFE = {
    "a key of its own on the legacy row": (
        "app/tasks/prices.py",
        'row.status = "running"',
        'row.status = "running"\n        row.task_metadata = {"step": 1}',
        "it writes `task_metadata` of the legacy row",
    ),
    "a status that the spec does not know": (
        "app/tasks/prices.py",
        'row.status = "running"',
        'row.status = "half way"',
        "the spec says nothing of the status",
    ),
    "a row given away": (
        "app/tasks/prices.py",
        "price = quote(sku)",
        "price = quote(sku)\n        print(row)",
        "`print(row)` has no counterpart",
    ),
    "another limit of retries than the spec's": (
        "app/tasks/prices.py",
        "max_retries=2",
        "max_retries=5",
        "its retries come to max_attempts: 6",
    ),
    "an option that the spec has no word for": (
        "app/tasks/prices.py",
        "max_retries=2",
        'max_retries=2, rate_limit="1/s"',
        "declared with rate_limit=",
    ),
    "a schedule": (
        "app/worker.py",
        "celery_app = Celery(",
        'schedule = {"x": {"task": "app.tasks.prices.refresh_price"}}  # beat_schedule\ncelery_app = Celery(',
        "a beat schedule sends it",
    ),
    "a signature": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        "refresh_price.s(row.id, sku).delay()",
        "it is sent by s",
    ),
    "a result that is used": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        "result = refresh_price.delay(row.id, sku)\n    print(result.get())",
        "its result is used",
    ),
    "an option of the message": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        "refresh_price.apply_async(args=[row.id, sku], priority=3)",
        "sent with priority=",
    ),
    "a row that is written to later": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        'refresh_price.delay(row.id, sku)\n    row.status = "sent"',
        "it assigns `row.status` after the row was made",
    ),
    "a row that is made elsewhere": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        "refresh_price.delay(row.id, sku)\n    refresh_price.delay(row.id, sku)",
        "given the id of a row that is not made here",
    ),
    "two rows of one function": (
        "app/main.py",
        "refresh_price.delay(row.id, sku)",
        'refresh_price.delay(row.id, sku)\n    db.add(TaskStatus(task_type="price_refresh", status="pending"))',
        "a second row is made in one function",
    ),
    "a list of all rows": (
        "app/main.py",
        '.filter(TaskStatus.task_type == "price_refresh", TaskStatus.id == status_id)\n        .first()',
        '.filter(TaskStatus.task_type == "price_refresh")\n        .first()',
        "it reads rows of the task by more than their id",
    ),
    "the task as an object": (
        "app/main.py",
        "app = FastAPI()",
        "app = FastAPI()\nTASKS = [refresh_price]",
        "it is used as `refresh_price`",
    ),
    "a body that is written already": (
        "app/tasks/price_refresh.py",
        "raise NotImplementedError(message)",
        "print(message)",
        "has a body already",
    ),
    "a value that may do more": (
        "app/tasks/prices.py",
        "row.error = str(exc)",
        "row.error = report(exc)",
        "calls `report`, which may do more",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "why"), UNSAFE.values(), ids=list(UNSAFE))
def test_left_alone(generated: Depot, name: str, old: str, new: str, why: str) -> None:
    generated.replace(name, old, new)
    before = generated.files()
    said = moved(generated, TASK, code=1)
    assert f"left alone: {TASK}" in said
    assert why in said
    assert generated.files() == before


def test_what_can_be_moved_moves_though_another_task_is_left(generated: Depot) -> None:
    generated.replace("app/tasks/prices.py", "max_retries=2", "max_retries=5")
    said = moved(generated, "--all", code=1)
    assert said.count("moved app.tasks.") == 3
    assert "refresh_price.delay(row.id, sku)" in generated.text("app/main.py")
    assert "TaskStatus" in generated.text("app/main.py")


def test_a_session_that_others_commit_stays_the_tasks_own(generated: Depot) -> None:
    generated.replace(
        "app/tasks/prices.py",
        "def rounded(price):",
        "def store(db, product, price):\n    product.price = price\n    db.commit()\n\n\ndef rounded(price):",
    )
    generated.replace(
        "app/tasks/prices.py",
        "product.price = rounded(price)  # two places",
        "store(db, product, rounded(price))",
    )
    said = moved(generated, TASK)
    assert "it keeps a session of its own" in said
    assert "`store` at line" in said
    text = generated.text("app/tasks/price_refresh.py")
    assert "db = SessionLocal()" in text
    assert "db.close()" in text


def test_an_enqueued_row_keeps_the_countdown_and_what_only_the_row_knew(generated: Depot) -> None:
    generated.replace(
        "app/main.py",
        'import_orders.delay(row.id, filename, source="api")',
        "import_orders.apply_async(args=[row.id, filename], countdown=30)",
    )
    moved(generated, "app.tasks.orders.import_orders")
    wanted = """
        tracking_id = OrderImportService(db).enqueue(
            import_orders,
            filename=filename,
            source="api",
            scheduled_at=datetime.now(UTC) + timedelta(seconds=30),
        )
    """
    main = generated.text("app/main.py")
    assert "".join(textwrap.dedent(wanted).split()).replace(",)", ")") in "".join(main.split())
    assert "from datetime import UTC, datetime, timedelta\n" in main


def test_unknown_names_are_one_message(generated: Depot) -> None:
    assert "did you mean 'app.tasks.prices.refresh_price'" in moved(
        generated, "app.tasks.prices.refresh", code=2
    )
    assert "did you mean 'invoice'" in moved(generated, TASK, "--domain", "invoce", code=2)
    assert "or --all" in moved(generated, code=2)
