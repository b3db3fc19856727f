"""The base structure on any declarative base, and the refusal of models that break it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Engine,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    declarative_base,
    mapped_column,
    sessionmaker,
)

from trackwright import SyncTaskTrackingCRUD, SyncTaskTrackingService, TaskTrackingMixin, TrackingModelError
from trackwright.core_columns import CORE_COLUMNS
from trackwright.model import domain_of

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


def new_base(**options: Any) -> Any:
    """A modern base of its own metadata."""
    return type("Base", (DeclarativeBase,), options)


def old_base() -> Any:
    """What projects from before SQLAlchemy 2.0 have."""
    return declarative_base()


BASES: dict[str, Callable[[], Any]] = {
    "DeclarativeBase": new_base,
    "declarative_base()": old_base,
    "naming convention": lambda: new_base(metadata=MetaData(naming_convention=CONVENTION)),
    "MappedAsDataclass": lambda: type("Base", (MappedAsDataclass, DeclarativeBase), {}),
}


@pytest.mark.parametrize(
    ("name", "mixin_first"),
    [
        *((name, True) for name in BASES),
        *((name, False) for name in BASES if name != "MappedAsDataclass"),  # SQLAlchemy maps it too soon
    ],
)
def test_every_base_gets_the_same_structure(name: str, mixin_first: bool, database_url: str) -> None:
    base = BASES[name]()
    bases = (TaskTrackingMixin, base) if mixin_first else (base, TaskTrackingMixin)
    model: Any = type(
        "OrderTracking",
        bases,
        {
            "__tablename__": "order_task_tracking",
            "__table_args__": (UniqueConstraint("ref", name="uq_mine"),),
            "__annotations__": {"ref": Mapped[str]},
            "ref": mapped_column(String(10)),
            "__module__": __name__,
        },
    )
    engine = create_engine(database_url)
    base.metadata.create_all(engine)
    seen = inspect(engine)
    assert tuple(column["name"] for column in seen.get_columns("order_task_tracking")) == (
        *CORE_COLUMNS,
        "ref",
    )
    assert {index["name"] for index in seen.get_indexes("order_task_tracking")} >= {
        "idx_order_task_status",
        "idx_order_task_dates",
        "idx_order_task_celery_task_id",
        "idx_order_task_due",
        "idx_order_task_running",
    }
    checks = {check["name"] for check in seen.get_check_constraints("order_task_tracking")}
    assert checks == {"ck_order_task_status", "ck_order_task_attempts", "ck_order_task_max_attempts"}
    assert domain_of(model) == "order"
    engine.dispose()


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"__tablename__": "orders"}, "table name 'orders' is not '{domain}_task_tracking'"),
        ({"__tablename__": f"{'x' * 38}_task_tracking"}, "at most 37 characters"),
        ({"__tablename__": "order_task_tracking", "attempts": None}, "core column 'attempts' is missing"),
    ],
)
def test_a_model_that_breaks_the_structure_is_refused_when_it_is_made(
    attributes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(TrackingModelError) as caught:
        type("Broken", (TaskTrackingMixin, new_base()), attributes | {"__module__": __name__})
    assert problem in str(caught.value)


def test_the_database_refuses_a_sixth_status(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO price_task_tracking (etf_id, status) VALUES ('A', 'DONE')"))


def test_a_plain_insert_works_with_server_defaults_alone(
    engine: Engine, sessions: sessionmaker[Session], model: Any
) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO price_task_tracking (etf_id) VALUES ('A')"))
    with sessions() as session:
        row = session.query(model).one()
    assert (row.status, row.attempts, row.max_attempts, row.task_metadata) == ("PENDING", 0, 3, {})
    assert abs(row.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_moments_are_aware_utc_and_naive_ones_are_refused(session: Session, model: Any) -> None:
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    row = model(etf_id="A", scheduled_at=moment)
    session.add(row)
    session.commit()
    session.refresh(row)
    assert row.scheduled_at == moment
    assert row.scheduled_at.utcoffset() == timedelta(0)
    with pytest.raises(StatementError, match="naive datetime"):
        session.execute(model.__table__.insert().values(etf_id="A", scheduled_at=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_a_domain_may_set_its_own_number_of_attempts(database_url: str) -> None:
    class Base(DeclarativeBase):
        pass

    class RareTracking(TaskTrackingMixin, Base):
        __tablename__ = "rare_task_tracking"
        __max_attempts__ = 7
        __table_args__ = (CheckConstraint("size > 0", name="ck_size"),)
        size: Mapped[int] = mapped_column(Integer, default=1, server_default="1")

    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO rare_task_tracking (size) VALUES (2)"))
        assert connection.execute(text("SELECT max_attempts FROM rare_task_tracking")).scalar_one() == 7
    engine.dispose()


def test_a_dataclass_takes_its_own_fields_and_has_the_core_ones(database_url: str) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class BaseTaskTracking(TaskTrackingMixin, Base):
        __abstract__ = True

    class OrderTracking(BaseTaskTracking):
        __tablename__ = "order_task_tracking"
        __max_attempts__ = 5
        ref: Mapped[str] = mapped_column(String(10))
        note: Mapped[str | None] = mapped_column(String(10), default=None)

    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        mine = OrderTracking("a", note="n")
        session.add(mine)
        made = SyncTaskTrackingCRUD(OrderTracking).create(session, {"ref": "b", "celery_task_id": "c1"})
        enqueued = SyncTaskTrackingService(session, OrderTracking).create_tracking(ref="c", commit=True)
        rows = [mine, made, session.get_one(OrderTracking, enqueued)]
        assert [(row.ref, row.status, row.attempts, row.max_attempts) for row in rows] == [
            (ref, "PENDING", 0, 5) for ref in "abc"
        ]
        assert made.celery_task_id == "c1"
        assert mine.created_at.tzinfo is not None
    engine.dispose()


def test_rows_live_in_a_schema_of_the_projects(postgres_url: str) -> None:
    class Base(DeclarativeBase):
        metadata = MetaData(schema="jobs")

    class OrderTracking(TaskTrackingMixin, Base):
        __tablename__ = "order_task_tracking"

    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA jobs"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        service = SyncTaskTrackingService(session, OrderTracking)
        one, other = service.create_many([{}, {}])
        waiting = service.create_tracking(after=[session.get_one(OrderTracking, one)])
        service.update_status(one, "PROCESSING")
        service.update_status(one, "COMPLETED")
        service.cancel(other, "not needed", commit=True)
        statuses = [service.get_status(row).status for row in (one, other, waiting)]
        assert statuses == ["COMPLETED", "CANCELLED", "PENDING"]
        assert [row.id for row in SyncTaskTrackingCRUD(OrderTracking).get_by_status(session, "PENDING")] == [
            waiting
        ]
    engine.dispose()
