"""The base of this project's task tracking tables."""

from trackwright import TaskTrackingMixin

from app.database import Base


class BaseTaskTracking(TaskTrackingMixin, Base):
    """Columns, indexes and constraints that every tracking table has."""

    __abstract__ = True
