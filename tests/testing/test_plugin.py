"""The pytest plugin as a project uses it: its fixtures, what they say when a test fails, what they cost unused."""

import re
import sys
from typing import Any

import pytest

pytest_plugins = ["pytester"]

INI = """
[pytest]
filterwarnings = error
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""
SHOP = """
import os
from celery import Celery
from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker
from trackwright import (
    Backoff, BaseTaskTrackingService, SyncTaskTrackingService, TaskTrackingMixin, tracked_task
)

URL = os.environ["DATABASE_URL"]
if "IS_ASYNC" in os.environ:
    engine = create_async_engine(URL.replace("sqlite:", "sqlite+aiosqlite:"))
    SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
else:
    engine = create_engine(URL)
    SessionLocal = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class PriceTracking(TaskTrackingMixin, Base):
    __tablename__ = "price_task_tracking"
    etf_id: Mapped[str] = mapped_column(String(12), unique=True)
    note: Mapped[str | None]


class PriceService(SyncTaskTrackingService[PriceTracking]):
    model = PriceTracking


class AsyncPriceService(BaseTaskTrackingService[PriceTracking]):
    model = PriceTracking


celery_app = Celery("shop", broker="memory://")


@tracked_task(celery_app, PriceTracking, session_factory=SessionLocal, backoff=Backoff(base=40, jitter=False))
def update_price(run):
    if run.tracking.note:
        raise ConnectionError(run.tracking.note)
"""

REPORTS = """
from sqlalchemy.orm import Mapped
from shop import Base, SessionLocal, TaskTrackingMixin, celery_app, tracked_task

class ReportTracking(TaskTrackingMixin, Base):
    __tablename__ = "report_task_tracking"

@tracked_task(celery_app, ReportTracking, session_factory=SessionLocal)
def make_report(run):
    pass
"""


@pytest.fixture
def shop(database_url: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one tracked task; its tests are what each test here writes.

    The database comes first: pytester's end forgets every module that was imported after its start.
    """
    monkeypatch.setenv("DATABASE_URL", database_url)
    pytester.makeini(INI)
    pytester.makepyfile(shop=SHOP, conftest="import shop")
    return pytester


def run(project: pytest.Pytester, *options: str) -> Any:
    """The project's tests in a process of their own."""
    return project.runpytest_subprocess("-p", "no:cacheprovider", *options)


def message_of(result: Any) -> str:
    """What pytest printed, on one line."""
    return re.sub(r"\s+", " ", result.stdout.str())


def test_a_project_with_sessions(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        test_prices="""
        import pytest
        from shop import PriceService, PriceTracking, SessionLocal, update_price
        from trackwright.registry import find

        def test_the_tasks_need_not_have_been_used(tracking_models):
            assert tracking_models == (PriceTracking,)

        def test_rows_are_made_in_any_status(tracking_factory, tracking_session):
            made = [tracking_factory(PriceTracking, status=status, note="mine")
                    for status in ("pending", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")]
            rows = [PriceService(tracking_session).get_status(row.id) for row in made]
            assert [row.status for row in rows] == ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]
            assert {row.note for row in rows} == {"mine"}
            assert len({row.etf_id for row in rows}) == 5
            assert all(row.completed_at for row in rows[2:])

        def test_every_test_has_a_place_of_its_own(tracking_session):
            assert tracking_session.query(PriceTracking).count() == 0

        def test_the_project_itself_is_pointed_there_and_back(tracking_sessions):
            assert find("price").session_factory is tracking_sessions
            assert update_price.delay.__self__.session_factory is tracking_sessions

        def test_and_back():
            assert find("price").session_factory is SessionLocal
            assert update_price.session_factory is SessionLocal

        def test_what_is_enqueued_runs_at_the_commit(
            tracking_session, eager_tracked_tasks, assert_transition, wait_for_task
        ):
            tracking_id = PriceService(tracking_session).enqueue(update_price, etf_id="IE00")
            row = PriceService(tracking_session).get_status(tracking_id)
            assert row.status == "PENDING"
            tracking_session.commit()
            assert wait_for_task(tracking_id).status == "COMPLETED"

        def test_delay_gives_the_rows_id(eager_tracked_tasks, wait_for_task):
            row = wait_for_task(update_price.delay(etf_id="IE00"))
            assert (row.status, row.attempts) == ("COMPLETED", 1)

        def test_a_later_attempt_waits_to_be_delivered(tracking_factory, eager_tracked_tasks, assert_transition):
            row = tracking_factory(PriceTracking, note="down", max_attempts=2)
            with assert_transition(row, "PENDING", "PENDING"):
                assert eager_tracked_tasks.deliver(update_price, row) == "RETRY"
            (message,) = eager_tracked_tasks.waiting
            assert message.tracking_id == row.id
            assert message.options["countdown"] == 40

        def test_a_worker_dies_and_another_one_takes_over(tracking_factory, eager_tracked_tasks, assert_transition):
            row = tracking_factory(PriceTracking)
            ends = []

            def body(run):
                if run.attempt == 1:
                    eager_tracked_tasks.lose_claim(row)
                    ends.append(eager_tracked_tasks.deliver(update_price, row, body=body))
                run.session.get(PriceTracking, row.id).note = f"attempt {run.attempt}"

            with assert_transition(row, "PENDING", "COMPLETED"):
                ends.append(eager_tracked_tasks.deliver(update_price, row, body=body))
            assert ends == ["SUCCESS", "IGNORED"]

        def test_a_refusal_leaves_a_row_where_it_was(tracking_factory, tracking_session, assert_transition):
            row = tracking_factory(PriceTracking, status="COMPLETED")
            with assert_transition(row, "COMPLETED", "COMPLETED"), tracking_session.begin():
                with pytest.raises(ValueError, match="cannot claim"):
                    PriceService(tracking_session).update_status(row.id, "PROCESSING")

        def test_build_gives_values_only(tracking_factory, tracking_session):
            values = tracking_factory.build(PriceTracking)
            assert list(values) == ["etf_id"]
            PriceService(tracking_session).create_tracking(**values)
        """
    )
    run(shop).assert_outcomes(passed=11)


def test_a_project_with_async_sessions(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IS_ASYNC", "1")
    shop.makepyfile(
        test_prices="""
        import asyncio
        from shop import AsyncPriceService, PriceTracking, update_price

        def test_without_any_async_plugin(tracking_factory, eager_tracked_tasks, assert_transition):
            row = tracking_factory(PriceTracking)
            with assert_transition(row, "PENDING", "COMPLETED"):
                assert eager_tracked_tasks.deliver(update_price, row) == "SUCCESS"

        async def test_as_the_principles_write_it(tracking_session, eager_tracked_tasks, wait_for_task):
            async with tracking_session:
                service = AsyncPriceService(tracking_session)
                tracking_id = await service.enqueue(update_price, etf_id="IE00", commit=True)
                await wait_for_task(tracking_id)
                tracking = await service.get_status(tracking_id)
            assert tracking.status == "COMPLETED"
            assert tracking.completed_at is not None

        async def test_inside_a_running_loop(tracking_factory, eager_tracked_tasks, assert_transition):
            row = tracking_factory(PriceTracking)

            async def body(run):
                if run.attempt == 1:
                    await asyncio.to_thread(eager_tracked_tasks.lose_claim, row)
                    await asyncio.to_thread(eager_tracked_tasks.deliver, update_price, row, body=body)
                (await run.session.get(PriceTracking, row.id)).note = f"attempt {run.attempt}"

            with assert_transition(row, "PENDING", "COMPLETED"):
                assert eager_tracked_tasks.deliver(update_price, row, body=body) == "IGNORED"
        """
    )
    run(shop).assert_outcomes(passed=3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_failures_tell_the_rows_story(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        test_prices="""
        from shop import PriceTracking, update_price

        def test_it_fails(tracking_factory, eager_tracked_tasks, assert_transition):
            row = tracking_factory(PriceTracking, note="the shop is closed", max_attempts=1)
            with assert_transition(row, "PENDING", "COMPLETED"):
                eager_tracked_tasks.deliver(update_price, row)

        def test_nothing_happens(tracking_factory, assert_transition):
            with assert_transition(tracking_factory(PriceTracking).id, "PENDING", "PROCESSING"):
                pass

        def test_wrong_start(tracking_factory, assert_transition):
            with assert_transition(tracking_factory(PriceTracking, status="FAILED"), "PENDING", "PROCESSING"):
                pass

        def test_never(tracking_factory, assert_transition):
            with assert_transition(tracking_factory(PriceTracking), "COMPLETED", "PENDING"):
                pass

        def test_the_test_itself_is_in_the_way(tracking_factory, tracking_session):
            tracking_session.query(PriceTracking).count()
            tracking_factory(PriceTracking)

        def test_nobody_works(tracking_factory, wait_for_task):
            wait_for_task(tracking_factory(PriceTracking), timeout=0)
        """
    )
    result = run(shop)
    result.assert_outcomes(failed=6)
    said = message_of(result)
    assert (
        "AssertionError: price row 1: expected PENDING -> COMPLETED, but it became FAILED"
        " (attempts 1 of 1; last error: ConnectionError: the shop is closed)" in said
    )
    assert "expected PENDING -> PROCESSING, but it stayed PENDING (attempts 0 of 3; no error)" in said
    assert "expected PENDING -> PROCESSING, but it is FAILED to begin with (attempts 1 of 3" in said
    assert "no way leads from COMPLETED to PENDING: such a test could never pass" in said
    assert (
        "a session of this test has a transaction open, and SQLite has one writer: commit() or close()"
        in said
    )
    assert "AssertionError: price row 1 is still PENDING after 0 s (attempts 0 of 3; no error)." in said
    assert (
        "transitions.py" not in said.partition("short test summary")[0].partition("test_nothing_happens")[0]
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_fixture_cannot_know_it_asks_for(shop: pytest.Pytester) -> None:
    shop.makepyfile(
        reports=REPORTS,
        test_both="""
        import pytest, shop
        from reports import ReportTracking, make_report

        def test_an_id_alone(tracking_factory, wait_for_task):
            wait_for_task(tracking_factory(ReportTracking).id)

        def test_with_its_model(tracking_factory, eager_tracked_tasks, wait_for_task):
            row = tracking_factory(ReportTracking)
            eager_tracked_tasks.deliver(make_report, row.id)
            assert wait_for_task(row.id, model=ReportTracking).status == "COMPLETED"

        class TestOneModelOnly:
            @pytest.fixture
            def tracking_models(self):
                return (ReportTracking,)

            def test_an_id_suffices(self, tracking_factory, eager_tracked_tasks, wait_for_task):
                row = tracking_factory(ReportTracking)
                eager_tracked_tasks.deliver(make_report, row.id)
                assert wait_for_task(row.id).status == "COMPLETED"

        class TestNoModel:
            @pytest.fixture
            def tracking_models(self):
                return ()

            def test_no_session_factory(self, tracking_session):
                pass
        """,
    )
    result = run(shop)
    result.assert_outcomes(passed=2, failed=1, errors=1)
    said = message_of(result)
    assert (
        "row 1 of which domain? Give the row itself, or model= one of: PriceTracking, ReportTracking" in said
    )
    assert "Override the fixture tracking_session_factory to return your sessionmaker" in said


def test_without_tracked_tasks_it_says_what_to_import_and_has_imported_nothing(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_unused():
            assert not {"sqlalchemy", "celery", "pydantic", "trackwright"} & set(sys.modules)

        def test_used(tracking_session):
            pass
        """
    )
    result = run(pytester, "-p", "no:asyncio")
    result.assert_outcomes(passed=1, errors=1)
    assert "no tracked domain is known: import the modules of your tracked tasks" in message_of(result)


def test_it_is_installed_as_a_plugin() -> None:
    from importlib.metadata import entry_points

    (found,) = entry_points(group="pytest11", name="trackwright")
    assert found.value == "trackwright_pytest"
    assert sys.modules["trackwright_pytest"] is found.load()
