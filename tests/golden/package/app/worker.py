"""The Celery app."""

from celery import Celery

celery_app = Celery(
    "app",
    broker="memory://",
    include=[
        "app.tracking.contribution_realization.tasks",
        "app.tracking.etf_price_update.tasks",
    ],
)
