"""The tables of the project in ops_app, without its app and its engines."""

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trackwright import TaskTrackingMixin


class Base(DeclarativeBase):
    """The project's base."""


class OrderTracking(TaskTrackingMixin, Base):
    """A domain over plain sessions that keeps FAILED rows for 90 days."""

    __tablename__ = "order_task_tracking"
    note: Mapped[str | None] = mapped_column()


class ReportTracking(TaskTrackingMixin, Base):
    """A domain over AsyncSessions with the default retention."""

    __tablename__ = "report_task_tracking"
