"""A hand-written table becomes a domain's, on both databases: no row is lost, and old code notices nothing."""

import json
import re
import sys
import uuid
from pathlib import Path

import psycopg
import pytest
from hand_written import ODD, SPEC, HandWritten, execute, hand_written, invoke, refused
from sqlalchemy.exc import DBAPIError

TABLE = "etf_price_task_tracking"
CORE = f"SELECT id, status, attempts, dispatch_at, lease_until FROM {TABLE} ORDER BY id"
NEW_CODE = """
from app.tracking.etf_price.crud import etf_price_crud
from app.tracking.etf_price.service import EtfPriceService
with Session(engine) as session:
    print(sorted(row.etf_id for row in etf_price_crud.get_active_tasks(session)))
    service = EtfPriceService(session)
    made = service.create_tracking(etf_id="G", day=DAY)
    session.commit()
    for status in ("PROCESSING", "FAILED", "PENDING", "CANCELLED"):
        service.update_status(made, status, commit=True)
        print(status, [row.state for row in session.scalars(select(EtfUpdate).filter_by(etf_id="G"))])
        session.expire_all()
    service.update_status(2, "PROCESSING", commit=True)
    print(session.get(EtfUpdate, 2).state)
"""
SEEN = """\
['A', 'B', 'C', 'F']
PROCESSING ['running']
FAILED ['broken']
PENDING ['waiting']
CANCELLED ['broken']
running
"""


@pytest.fixture
def project(tmp_path: Path, database_url: str) -> HandWritten:
    """The project, its table not adopted yet."""
    made = hand_written(tmp_path / "project", database_url)
    made.alembic("upgrade", "head")
    return made


@pytest.fixture
def files(tmp_path: Path) -> HandWritten:
    """The project's files alone."""
    return hand_written(tmp_path / "project", f"sqlite:///{tmp_path}/none.db")


def adopted(project: HandWritten) -> HandWritten:
    """The project after the migration."""
    invoke(project, "generate")
    project.alembic("upgrade", "head")
    return project


def test_old_code_notices_nothing_there_and_back_again(project: HandWritten) -> None:
    before = project.python("seed(); show(); print('and then'); work()")
    rows = before.partition("and then")[0]
    assert "hazard   migrations/versions/" in invoke(project, "generate")
    project.alembic("upgrade", "head")
    assert execute(project, CORE) == [
        (1, "PENDING", 2, None, None),
        (2, "PENDING", 2, None, None),
        (3, "PROCESSING", 2, None, None),
        (4, "COMPLETED", 2, None, None),
        (5, "FAILED", 2, None, None),
    ]
    # Old code reads what it wrote, each row with its own word, and does all that it did.
    assert project.python("show(); print('and then'); work()") == before
    project.alembic("check")
    assert "up to date" in invoke(project, "generate")
    listed = execute(project, "SELECT id, etf_id FROM etf_updates ORDER BY id")
    assert execute(project, f"SELECT id, etf_id FROM {TABLE} ORDER BY id") == listed
    project.alembic("downgrade", "0002")
    assert project.python("show()") == rows
    project.alembic("upgrade", "head")
    assert project.python("show()") == rows


def test_old_rows_are_tracked_and_not_executed(project: HandWritten) -> None:
    project.python("seed()")
    adopted(project)
    project.python("add('F', 'waiting')")
    sweep = ("-m", "trackwright_gen", "sweep", "--app", "app.worker:celery_app", "--output-format", "json")
    (swept,) = json.loads(project.run(sys.executable, *sweep))
    assert swept["domain"] == "etf_price"
    assert {value for key, value in swept.items() if key != "domain"} == {0}
    assert execute(project, CORE + " DESC LIMIT 1") == [(6, "PENDING", 0, None, None)]
    # What trackwright does with rows old code reads in its own words.
    assert project.python(NEW_CODE) == SEEN
    with pytest.raises(DBAPIError, match=r"(?i)check"):
        execute(project, "UPDATE etf_updates SET state = 'odd' WHERE id = 1")


def test_a_word_that_nobody_knows_stops_everything_before_it_begins(project: HandWritten) -> None:
    project.python("seed(); add_lost()")
    invoke(project, "generate")
    said = project.fails("alembic", "upgrade", "head")
    assert re.search("has the status lost|has a status that .*: lost", said)
    assert execute(project, "SELECT count(*) FROM etf_updates WHERE state = 'lost'") == [(1,)]
    assert execute(project, "SELECT version_num FROM alembic_version") == [("0002",)]
    execute(project, "UPDATE etf_updates SET state = 'broken' WHERE state = 'lost'")
    project.alembic("upgrade", "head")
    assert execute(project, f"SELECT status FROM {TABLE} WHERE etf_id = 'F'") == [("FAILED",)]


def test_what_cannot_be_adopted_as_it_stands_is_said_at_its_place(files: HandWritten) -> None:
    files.spec.write_text(
        SPEC.replace("retry_count: attempts", "retry_cont: attempts")
        .replace("state: status", "state: error_message")
        .replace("allow_rewrite: [id, extra]", "")
    )
    said = refused(files, "generate")
    assert "tracking/etf_price.yaml:17:" in said
    assert "etf_updates has no column 'retry_cont'" in said
    assert "did you mean 'retry_count'?" in said
    assert "no column of etf_updates is, or becomes, `status`" in said
    files.spec.write_text(SPEC.replace("allow_rewrite: [id, extra]", ""))
    said = refused(files, "generate")
    assert "field 'id' changes from INTEGER to BIGINT" in said
    assert "field 'extra' changes from JSON to JSONB" in said
    files.spec.write_text(SPEC.replace("done: COMPLETED, ", ""))
    assert "knows the word 'done', and nothing says what it means" in refused(files, "generate")
    files.spec.write_text(SPEC.replace("table: etf_updates", "table: etf_update"))
    assert "no class of the project has the table 'etf_update'" in refused(files, "generate")


def test_others_that_refer_to_it_are_named(files: HandWritten) -> None:
    model = files.root / "app" / "models" / "etf.py"
    model.write_text(
        model.read_text().replace("import String", "import ForeignKey, String")
        + '\n\nclass Note(Base):\n    __tablename__ = "notes"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
        '    update_id: Mapped[int] = mapped_column(ForeignKey("etf_updates.id"))\n'
    )
    said = refused(files, "generate")
    assert "app/models/etf.py:28:" in said
    assert "ForeignKey('etf_price_task_tracking.id')" in said


def test_a_filter_of_the_projects_own_is_left_to_the_project(files: HandWritten) -> None:
    env = files.root / "migrations" / "env.py"
    own = env.read_text().replace("connection=connection,", "connection=connection, include_object=mine,")
    env.write_text(own)
    said = refused(files, "generate")
    assert "env.py has a filter of its own" in said
    assert "from trackwright.adopted import include_object" in said
    asked = own.replace("from sqlalchemy", "from trackwright.adopted import include_object\nfrom sqlalchemy")
    env.write_text(asked)
    invoke(files, "generate")
    assert env.read_text() == asked


def test_changes_go_on_while_the_old_name_lives_and_after_it_has_ended(project: HandWritten) -> None:
    before = project.python("seed(); show(); print('and then'); work()")
    adopted(project)
    grown = SPEC.replace(
        "  source: {type: string, length: 50, default: xetra}\n",
        "  origin: {type: string, length: 60, default: xetra, renamed_from: source}\n"
        "  weight: {type: integer, default: 1, required: true}\n",
    ).replace("extra: {type: json}", "extra: {type: json, comment: anything}")
    grown += "checks: [{name: weight_positive, field: weight, op: '>', value: 0}]\n"
    project.spec.write_text(grown)
    adopted(project)
    project.alembic("check")
    assert project.python("show(); print('and then'); work()") == before
    head = project.alembic("heads").split()[0]
    less = grown.replace("  extra: {type: json, comment: anything}\n", "").replace("[id, extra]", "[id]")
    project.spec.write_text(less + "allow_drop: [extra]\n")
    assert "data loss" in invoke(project, "generate", "--diff")
    adopted(project)
    assert execute(project, "SELECT count(*) FROM etf_updates WHERE source = 'xetra'") == [(5,)]
    ended = less[: less.index("adopt:")] + less[less.index("allow_rewrite:") :]
    project.spec.write_text(ended)
    assert "code that still says etf_updates finds nothing there any more" in invoke(
        project, "generate", "--diff"
    )
    adopted(project)
    assert execute(project, f"SELECT count(*) FROM {TABLE}") == [(5,)]
    with pytest.raises(DBAPIError):
        execute(project, "SELECT * FROM etf_updates")
    project.alembic("downgrade", head)
    # SQLite, which keeps the old words in the old table alone, has forgotten which word it was.
    forgotten = project.url.startswith("sqlite")
    rows = before.partition("and then")[0]
    assert project.python("show()") == (rows.replace("retrying", "waiting") if forgotten else rows)


def test_a_table_that_was_adopted_goes_with_its_old_name(project: HandWritten) -> None:
    project.python("seed()")
    env = project.root / "migrations" / "env.py"
    before = env.read_text()
    adopted(project)
    assert env.read_text() != before
    said = invoke(project, "remove", "etf_price", "--drop-migration")
    assert env.read_text() == before
    assert "code that runs now still reads and writes etf_price_task_tracking, also as etf_updates" in said
    model = project.root / "app" / "models" / "updates.py"
    row = model.read_text().splitlines().index("class EtfUpdate(Base):") + 1
    assert f"row {row} is the model of etf_updates, which goes" in said
    project.alembic("upgrade", "head")
    for name in ("etf_updates", TABLE):
        with pytest.raises(DBAPIError):
            execute(project, f"SELECT 1 FROM {name}")
    # Back again the table is empty, and old code can work with it as with a new one.
    project.alembic("downgrade", "-1")
    assert project.python("show(); add('A', 'waiting'); show()").startswith("1 A waiting")
    assert execute(project, CORE) == [(1, "PENDING", 0, None, None)]
    project.alembic("upgrade", "head")
    model.unlink()
    models = model.parent / "__init__.py"
    models.write_text(
        models.read_text()
        .replace("from app.models.updates import EtfUpdate\n", "")
        .replace('"EtfUpdate", ', "")
    )
    project.alembic("check")


SCHEMA = "jobs of ours"


def test_a_table_in_a_schema_is_adopted_there(tmp_path: Path, postgres_url: str) -> None:
    project = hand_written(tmp_path / "project", postgres_url)
    database = project.root / "app" / "database.py"
    own = f"    metadata = MetaData(schema={SCHEMA!r})\n"
    text = database.read_text().replace("import create_engine", "import MetaData, create_engine")
    database.write_text(text.rstrip("\n") + f"\n\n{own}")
    env = project.root / "migrations" / "env.py"
    env.write_text(
        env.read_text().replace("connection=connection,", "connection=connection, include_schemas=True,")
    )
    versions = project.root / "migrations" / "versions"
    made = IN_SCHEMA.format(names="Etf, PensionEtf", revision="0001", parent=None)
    (versions / "0001_start.py").write_text(made)
    made = IN_SCHEMA.format(names="EtfUpdate", revision="0002", parent="0001")
    (versions / "0002_updates.py").write_text(made)
    old = project.root / "app" / "old.py"
    old.write_text(old.read_text().replace("FROM etf_updates", f'FROM \\"{SCHEMA}\\".etf_updates'))
    execute(project, f'CREATE SCHEMA "{SCHEMA}"')
    project.alembic("upgrade", "head")
    before = project.python("seed(); show(); print('and then'); work()")
    adopted(project)
    assert project.python("show(); print('and then'); work()") == before
    project.alembic("check")
    assert "up to date" in invoke(project, "generate")
    assert execute(project, f"SELECT to_regclass('public.{TABLE}'), to_regclass('public.etf_updates')") == [
        (None, None)
    ]
    assert execute(project, f"SELECT count(*) FROM \"{SCHEMA}\".{TABLE} WHERE status = 'PENDING'") == [(2,)]
    project.alembic("downgrade", "0002")
    assert project.python("show()") == before.partition("and then")[0]
    project.alembic("upgrade", "head")
    invoke(project, "remove", "etf_price", "--drop-migration")
    project.alembic("upgrade", "head")
    shown = f"SELECT relname FROM pg_class WHERE relnamespace = '\"{SCHEMA}\"'::regnamespace AND relkind IN ('r', 'v')"
    assert {name for (name,) in execute(project, shown)} == {"etfs", "pension_etfs"}


IN_SCHEMA = """
from alembic import op

from app.models import {names}

revision = {revision!r}
down_revision = {parent!r}
branch_labels = depends_on = None


def upgrade():
    for model in ({names},):
        model.__table__.create(op.get_bind())


def downgrade():
    for model in ({names},):
        model.__table__.drop(op.get_bind())
"""


ODD_WORK = """
from app.models.job import Job, State
with Session(engine) as session:
    if {begin}:
        session.add(Etf(id="A"))
        session.flush()
    session.add_all(Job(klass="a", etf="A", status=one) for one in State)
    session.flush()
    for job in session.scalars(select(Job).order_by(Job.job_no)):
        print(job.status, job.klass, job.etf, job.price, job.urgent, job.created_at is not None)
    print(session.scalars(select(Job.klass).where(Job.status == State.RUNNING)).all())
    running = session.scalars(select(Job).where(Job.status == State.RUNNING)).first()
    running.status, running.price = State.DONE, 7
    session.commit()
    print(session.execute(update(Job).where(Job.status == State.NEW).values(status=State.RUNNING)).rowcount)
    session.execute(delete(Job).where(Job.job_no > {keep}))
    session.commit()
"""


def test_enums_own_types_and_inherited_columns(project: HandWritten) -> None:
    project.write("app/models/job.py", ODD.replace("        at = Column(Time)\n", ""))
    models = project.root / "app" / "models" / "__init__.py"
    models.write_text(models.read_text() + "from app.models.job import Job\n")
    project.alembic("revision", "--autogenerate", "-m", "jobs", "--rev-id", "0003")
    revision = project.root / "migrations" / "versions" / "0003_jobs.py"
    revision.write_text(revision.read_text().replace("app.models.job.Money", "sa.Numeric"))
    project.alembic("upgrade", "head")
    before = project.python(ODD_WORK.format(begin=True, keep=0))
    invoke(project, "adopt", "jobs", "--domain", "job")
    spec = project.root / "tracking" / "job.yaml"
    spec.write_text(spec.read_text() + "allow_rewrite: [id, status]\n")
    project.spec.unlink()
    assert "old code has no word for CANCELLED and reads FAILED" in invoke(project, "generate")
    project.alembic("upgrade", "head")
    project.alembic("check")
    assert project.python(ODD_WORK.format(begin=False, keep=0)) == before
    execute(project, "INSERT INTO job_task_tracking (\"Class\", status) VALUES ('b', 'CANCELLED')")
    shown = project.python(
        "from app.models.job import Job\nprint(Session(engine).scalars(select(Job.status)).all())"
    )
    assert shown == "[<State.FAILED: 'f'>]\n"
    project.alembic("downgrade", "0003")
    shown = project.python(
        "from app.models.job import Job\nprint(Session(engine).scalars(select(Job.status)).all())"
    )
    assert shown == "[<State.FAILED: 'f'>]\n"


def test_of_two_that_claim_a_row_one_finds_none(tmp_path: Path, postgres_url: str) -> None:
    project = hand_written(tmp_path / "project", postgres_url)
    project.alembic("upgrade", "head")
    role = f"clerk_{uuid.uuid4().hex[:8]}"
    execute(project, f"CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE ON etf_updates TO {role}")
    project.python("seed()")
    adopted(project)
    url = project.url.replace("+psycopg", "")
    claim = "UPDATE etf_updates SET state = 'running' WHERE id = 1 AND state = 'waiting'"
    note = "UPDATE etf_updates SET error = 'seen' WHERE id = 1"
    with psycopg.connect(url) as first, psycopg.connect(url, autocommit=True) as second:
        assert first.execute(claim).rowcount == 1
        waiting = second.pgconn
        waiting.send_query(claim.encode())
        lock_is_awaited(url)
        first.commit()
        result = waiting.get_result()
        assert result is not None
        assert result.command_tuples == 0
        while waiting.get_result() is not None:
            pass
        # What another statement changed meanwhile stays, as on a table.
        first.execute(f"UPDATE {TABLE} SET attempts = 7 WHERE id = 1")
        waiting.send_query(note.encode())
        lock_is_awaited(url)
        first.commit()
        result = waiting.get_result()
        assert result is not None
        assert result.command_tuples == 1
        while waiting.get_result() is not None:
            pass
    found = execute(project, f"SELECT status, attempts, error_message FROM {TABLE} WHERE id = 1")
    assert found == [("PROCESSING", 7, "seen")]

    # Who could write the table can write the view.
    with psycopg.connect(url) as clerk:
        clerk.execute(f"SET ROLE {role}".encode())
        clerk.execute("INSERT INTO etf_updates (etf_id, day) VALUES ('F', '2026-01-05')")
        clerk.execute("UPDATE etf_updates SET state = 'done' WHERE etf_id = 'F'")
    assert execute(project, f"SELECT status FROM {TABLE} WHERE etf_id = 'F'") == [("COMPLETED",)]
    execute(project, f"DROP OWNED BY {role}; DROP ROLE {role}")


def lock_is_awaited(url: str) -> None:
    """Poll until somebody waits for a lock."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(100_000):
            if connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return
    raise AssertionError("nobody waits for a lock")
