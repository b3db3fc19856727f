"""A tracking table as it is after years, and then a burst of new rows that nothing has analysed."""

from sqlalchemy import Engine, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trackwright import TaskTrackingMixin


class Base(DeclarativeBase):
    """A registry of this module's own."""


class PriceTracking(TaskTrackingMixin, Base):
    """A domain whose table is full."""

    __tablename__ = "price_task_tracking"

    etf_id: Mapped[str] = mapped_column(String(12))


_OLD = """
INSERT INTO price_task_tracking
    (etf_id, status, created_at, updated_at, started_at, completed_at, attempts,
     celery_task_id, dispatch_at, lease_until)
SELECT 'A', s.status, m.moment, m.moment,
       CASE WHEN s.status <> 'PENDING' THEN m.moment END,
       CASE WHEN s.status IN ('COMPLETED', 'FAILED') THEN m.moment END,
       1, 'task-' || n, CASE WHEN s.status = 'PENDING' THEN now() + interval '1 hour' END,
       CASE WHEN s.status = 'PROCESSING' THEN now() + interval '1 hour' END
FROM generate_series(1, {rows}) AS n,
     LATERAL (SELECT now() - make_interval(secs => {rows} - n) AS moment) AS m,
     LATERAL (SELECT CASE WHEN n % 100 < 92 THEN 'COMPLETED' WHEN n % 100 < 98 THEN 'FAILED'
                     WHEN n % 1000 = 998 THEN 'PROCESSING' WHEN n % 100 = 99 THEN 'PENDING'
                     ELSE 'CANCELLED' END AS status) AS s
"""
_FRESH = """
INSERT INTO price_task_tracking (etf_id, celery_task_id, dispatch_at)
SELECT 'B', 'fresh-' || n, now() + interval '5 minutes' FROM generate_series(1, {rows}) AS n
"""


def fill(engine: Engine, rows: int, *, burst: int) -> None:
    """Make the table with so many old rows and `burst` new ones; the engine commits by itself."""
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE price_task_tracking SET (autovacuum_enabled = false)")
        connection.exec_driver_sql(_OLD.format(rows=rows).replace("%", "%%"))
        # So many rows that ANALYZE reads all of a test's table: what the planner knows is no matter of chance.
        connection.exec_driver_sql("SET default_statistics_target = 1000")
        connection.exec_driver_sql("VACUUM ANALYZE price_task_tracking")
        connection.exec_driver_sql(_FRESH.format(rows=burst))
