"""A project with a legacy table: one domain over plain sessions."""

import os

from celery import Celery
from legacy_models import PriceTracking
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from trackwright.jobs import TaskRun, tracked_task
from trackwright.sqlite import configure_sqlite

engine = create_engine(os.environ["DATABASE_URL"])
configure_sqlite(engine)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
celery_app = Celery("legacy_app", broker="memory://")


@tracked_task(celery_app, PriceTracking, session_factory=SessionLocal, name="update_price")
def update_price(run: TaskRun[PriceTracking]) -> None:
    """Never run here."""
