"""The Celery app."""

from celery import Celery

celery_app = Celery(
    "app",
    broker="memory://",
    include=[
        "app.tasks.contribution_realization",
        "app.tasks.etf_price_update",
    ],
)
