"""What makes no sense is refused where it is given, with what is wrong; what is nothing does nothing."""

import copy
from typing import Any

import pytest
from legacy_models import PriceTracking
from prometheus_client import CollectorRegistry
from sqlalchemy import CheckConstraint, Index, String, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin, chain, group
from trackwright.legacy import legacy_view
from trackwright.metrics.definitions import DURATION, EVENTS
from trackwright.metrics.prometheus import PrometheusMetrics


@pytest.mark.parametrize("values", [{"base": -1}, {"cap": -1}, {"factor": 0.5}])
def test_a_backoff_that_goes_backwards(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="backoff needs base >= 0, cap >= 0 and factor >= 1"):
        Backoff(**values)


def test_a_flow_of_nothing_makes_no_rows(service: SyncTaskTrackingService[Any]) -> None:
    assert service.create_flow(chain(group(), chain())) == []


def test_what_is_counted_is_not_observed_and_the_other_way_round() -> None:
    metrics = PrometheusMetrics(CollectorRegistry())
    with pytest.raises(TypeError, match=f"{EVENTS.name} is a counter: it cannot be observed"):
        metrics.observe(EVENTS, ("price", "task", "failed"), 1)
    with pytest.raises(TypeError, match=f"{DURATION.name} is a histogram: it cannot be counted"):
        metrics.count(DURATION, ("price", "task"))


def test_a_row_without_a_legacy_table_has_no_legacy_view() -> None:
    class Bare:
        __legacy__ = ()

    with pytest.raises(TypeError, match="Bare has no __legacy__: nothing says what its rows were called"):
        legacy_view(Bare())


def test_a_legacy_view_can_be_copied() -> None:
    view = legacy_view(PriceTracking(status="COMPLETED", task_metadata={}))
    assert copy.copy(view).task_metadata == view.task_metadata


def test_constraints_and_indexes_that_a_model_has_of_its_own_are_made_once(session: Session) -> None:
    class Base(DeclarativeBase):
        pass

    class Own(TaskTrackingMixin, Base):
        __tablename__ = "own_task_tracking"
        __table_args__ = (
            CheckConstraint("attempts BETWEEN 0 AND 9", name="ck_own_task_attempts"),
            Index("idx_own_task_status", "status", "id"),
        )
        kind: Mapped[str] = mapped_column(String(20), server_default=text("'own'"))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "own"}  # noqa: RUF012 -- as SQLAlchemy types it

    class Special(Own):
        __mapper_args__ = {"polymorphic_identity": "special"}  # noqa: RUF012 -- as SQLAlchemy types it

    Base.metadata.create_all(session.connection())
    table = Base.metadata.tables["own_task_tracking"]
    names = [str(one.name) for one in table.constraints] + [str(one.name) for one in table.indexes]
    assert len(names) == len(set(names))
    assert {"ck_own_task_attempts", "ck_own_task_status", "idx_own_task_status", "idx_own_task_due"} <= {
        *names
    }
    session.add(Special())
    session.flush()
    session.expunge_all()
    assert [type(row) for row in session.scalars(select(Own))] == [Special]
