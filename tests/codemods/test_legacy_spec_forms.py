"""What specs are proposed from: annotations, columns, rows, limits, and who else has to do with the rows."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from depot_copy import Depot, depot_in
from legacy_moves import MAIN, PRICES, Edit, behind, edited
from sqlalchemy import create_engine, text

from trackwright_gen.cli.group import trackwright
from trackwright_gen.spec.loader import read_spec
from trackwright_gen.spec.model import DomainSpec

SIGNATURE = "sku: str):"
DECORATOR = "@celery_app.task(bind=True, max_retries=2, soft_time_limit=60)\n"
COUNTDOWN = "countdown=60 * 2 ** self.request.retries"
NEW = 'row = TaskStatus(task_type="price_refresh", status="pending", resource_id=sku)'


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    """The depot's application before anything is prepared."""
    return depot_in(tmp_path / "depot")


def proposed(
    depot: Depot, domain: str, *edits: Edit, options: tuple[str, ...] = ()
) -> tuple[DomainSpec, str]:
    """A domain's proposed spec, read and as text."""
    edited(depot, *edits)
    done = CliRunner().invoke(trackwright, ["legacy", "spec", "-C", str(depot.root), *options])
    assert done.exit_code == 0, done.output
    path = depot.root / "tracking" / f"{domain}.yaml"
    return read_spec(path).spec, path.read_text()


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (": int | None", "bigint"),
        (": Optional[date]", "date"),
        (": typing.Optional[bool]", "boolean"),
        (": list[str]", "json"),
        (': "UUID"', "uuid"),
        (": Decimal", "decimal"),
        (": datetime.datetime", "datetime"),
        (": int | str", None),
        (": Callable[[int], int]", None),
        (': "int | None"', None),
        (": 3", None),
        ("", None),
    ],
)
def test_a_parameters_annotation_is_its_fields_type(
    depot: Depot, annotation: str, expected: str | None
) -> None:
    spec, written = proposed(
        depot, "price_refresh", (PRICES, SIGNATURE, f"sku: str, more{annotation} = None):")
    )
    assert spec.fields["more"].type == (expected or "text")
    assert ("# ? its type is a guess" in written) is (expected is None)
    if expected == "decimal":
        assert (spec.fields["more"].precision, spec.fields["more"].scale) == (20, 6)


COLUMNS = """change = Column(Integer, nullable=False)
    note = Column("note", String(100))
    weight = Column(Numeric(8, 3))
    pieces = Column(Numeric(5))
    shelf = Column(ForeignKey("products.sku"))
    comment = Column(String)
"""


def test_columns_of_a_table_of_one_kind_are_fields(depot: Depot) -> None:
    spec, written = proposed(
        depot, "stock_update", ("app/models/status.py", "change = Column(Integer, nullable=False)\n", COLUMNS)
    )
    found = {name: (each.type, each.length, each.precision, each.scale) for name, each in spec.fields.items()}
    assert found["note"] == ("string", 100, None, None)
    assert found["comment"] == ("text", None, None, None)
    assert found["weight"] == ("decimal", None, 8, 3)
    assert found["pieces"] == ("decimal", None, 5, 0)
    assert found["shelf"][0] == "text"
    assert written.count("its type is a guess") == 1
    assert ": column `note` of stock_updates\n" in written
    assert spec.legacy is not None
    assert spec.legacy.fields["weight"] == "weight"


def test_what_only_some_rows_are_given_is_asked_about(depot: Depot) -> None:
    others = f"""def refresh_place(place, db, extra):
    row = {NEW[6:].replace("=sku)", '=place, task_metadata={"pieces": 3, "urgent": True, **extra})')}
    db.add(row)
    ping.delay(row.id)
    handle.delay()"""
    spec, written = proposed(
        depot,
        "price_refresh",
        behind(MAIN, others),
        (MAIN, "import refresh_price\n", "import handle, ping, refresh_price\n"),
        behind(
            PRICES,
            "@celery_app.task\ndef ping(number):\n    print(number)\n\n\nhandle = celery_app.task(print)",
        ),
    )
    assert "# ? app/main.py" in written
    assert "resource_id is resource_id here and sku there" in written
    assert (spec.fields["pieces"].type, spec.fields["urgent"].type) == ("bigint", "boolean")


def test_a_second_task_of_the_same_rows_is_a_question(depot: Depot) -> None:
    second = (
        "@celery_app.task\ndef redo_price(status_id):\n    db = SessionLocal()\n"
        "    db.query(Product).filter_by(sku='tea').first()\n"
        "    row = db.query(TaskStatus).get(status_id)\n    row.status = row.state = 'running'"
    )
    third = (
        "@celery_app.task\ndef check_price(status_id):\n    db = SessionLocal()\n"
        "    row = db.query(TaskStatus).filter_by(id=status_id).one()\n    row.status = 'running'"
    )
    spec, written = proposed(
        depot,
        "price_refresh",
        behind(PRICES, f"{second}\n\n\n{third}"),
        (MAIN, "import refresh_price", "import check_price, redo_price, refresh_price"),
        (MAIN, "refresh_price.delay(row.id, sku)", "redo_price.delay(row.id)\n    check_price.delay(row.id)"),
    )
    assert spec.task.name == "redo_price"
    assert "status_id" not in spec.fields
    assert "check_price writes these rows too: is it a domain of its own?" in written


def test_more_places_than_one_reads_are_counted(depot: Depot) -> None:
    reads = "\n\n".join(
        f'def read_{number}(db):\n    return db.query(TaskStatus).filter(TaskStatus.task_type == "price_refresh")'
        for number in range(5)
    )
    _, written = proposed(depot, "price_refresh", behind(MAIN, reads))
    assert "# and 3 more places\n" in written


@pytest.mark.parametrize(
    ("edits", "lines"),
    [
        ([(PRICES, DECORATOR, DECORATOR.replace("bind", 'queue="slow", bind'))], ["  queue: slow"]),
        ([(PRICES, "def refresh_price", "async def refresh_price")], ["  async: true"]),
        (
            [(PRICES, COUNTDOWN, "countdown=min(60 * 2 ** self.request.retries, 900)")],
            ["    base: 60s", "    cap: 900s"],
        ),
        ([(PRICES, COUNTDOWN, "countdown=7200")], ["    base: 7200s", "    cap: 7200s"]),
        (
            [(PRICES, "except Exception as exc:", "except SupplierDown as exc:")],
            ["    retry_on: [app.suppliers.SupplierDown]"],
        ),
        (
            [
                (PRICES, "from app.worker", "from app.states import State\nfrom app.worker"),
                (PRICES, 'row.status = "running"', "row.status = State.BUSY.value"),
            ],
            ["    # ? busy: FAILED  -- what does this word mean?"],
        ),
    ],
)
def test_options_and_words_are_carried_over(depot: Depot, edits: list[Edit], lines: list[str]) -> None:
    (depot.root / "app/states.py").write_text(
        'from enum import Enum\n\n\nclass State(Enum):\n    BUSY = "busy"\n'
    )
    edited(depot, ("app/suppliers.py", "import json\n", "import json\n"))
    if "SupplierDown" in str(edits):
        edited(depot, (PRICES, "import quote", "import SupplierDown, quote"))
    _, written = proposed(depot, "price_refresh", *edits)
    assert set(lines) <= set(written.splitlines())


def test_a_table_that_says_nothing_has_a_spec_that_says_so(depot: Depot) -> None:
    model = (
        'class Ping(Base):\n    __tablename__ = "pings"\n\n    id = Column(Integer, primary_key=True)\n\n\n'
    )
    task = "@celery_app.task\ndef ping(ping_id):\n    with SessionLocal() as db:\n        print(db.get(Ping, ping_id))"
    spec, written = proposed(
        depot,
        "ping",
        ("trackwright.toml", '"StockUpdate"', '"StockUpdate", "Ping"'),
        ("app/models/status.py", "class StockUpdate", f"{model}class StockUpdate"),
        (PRICES, "import TaskStatus", "import Ping, TaskStatus"),
        behind(PRICES, task),
    )
    assert written.splitlines()[-2:] == ["  # app/models/status.py:22: the model", "  table: pings"]
    assert spec.task.retry.max_attempts == 1
    assert spec.fields == {}


def test_rows_that_do_not_fit_are_a_question(depot: Depot, sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        columns = "task_type TEXT, status TEXT, resource_id TEXT, task_metadata JSON"
        connection.execute(text(f"CREATE TABLE task_status (id INTEGER PRIMARY KEY, {columns})"))
        connection.execute(text("CREATE TABLE stock_updates (id INTEGER PRIMARY KEY, sku TEXT, status TEXT)"))
        rows = "INSERT INTO task_status (task_type, status, resource_id, task_metadata) VALUES "
        connection.execute(text(f"{rows} ('price_refresh', 'success', 'tea', '{{\"place\": null}}')"))
    engine.dispose()
    spec, written = proposed(
        depot,
        "price_refresh",
        (PRICES, SIGNATURE, "sku: int):"),
        (MAIN, NEW, NEW.replace("sku)", 'sku, task_metadata={"place": place_of(sku)})')),
        options=("--database", sqlite_url),
    )
    assert "# ? the rows hold text values: which type is right?" in written
    assert spec.fields["sku"].required
    assert spec.fields["place"].type == "text"
    assert "# ? its type is a guess" in written
