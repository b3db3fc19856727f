"""A shop with two years of history to audit: teams, legacy tasks, chains, exemptions, and a migration under way."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from git_repositories import START, GitRepository

ADA, BO, CLEO = "Ada Byron <ada@example.com>", "Bo Nilsen <bo@example.com>", "Cleo Marsh <cleo@example.com>"
TODAY = START.date() + dt.timedelta(days=700)

CODEOWNERS = """
/shop/payments/   @acme/payments
/shop/catalog/    @acme/catalog @acme/data
/shop/worker.py   @acme/platform
"""
MODELS = '''
from sqlalchemy import Column, Integer, String
from shop.db import Base


class TaskStatus(Base):
    """One table for everything."""

    __tablename__ = "task_status"
    id = Column(Integer, primary_key=True)
    task_type = Column(String(40))
    status = Column(String(20))
    error = Column(String)
'''
WORKER = """
from celery import Celery

app = Celery("shop")
app.conf.beat_schedule = {
    "prices": {"task": "shop.catalog.tasks.update_prices", "schedule": 3600.0},
    "dunning": {"task": "shop.payments.tasks.send_reminders", "schedule": 86400.0},
}
"""
PAYMENTS = '''
from shop.db import Session
from shop.models import TaskStatus
from shop.worker import app


@app.task(bind=True, max_retries=5)
def capture_payment(self, payment_id):
    session = Session()
    row = session.query(TaskStatus).filter_by(task_type="capture", status="new").first()
    row.status = "running"
    session.commit()
    try:
        charge(payment_id)
    except ConnectionError as error:
        row.status = "failed"
        session.commit()
        raise self.retry(exc=error, countdown=60 * 2**self.request.retries)
    row.status = "done"
    session.commit()
    send_receipt.delay(payment_id)


@app.task
def send_receipt(payment_id):
    return mail(payment_id)


@app.task(name="shop.payments.tasks.send_reminders")
def send_reminders():
    """Every night."""
    for payment_id in overdue():
        send_receipt.delay(payment_id)
'''
CATALOG = """
from celery import chain
from shop.db import Session
from shop.models import TaskStatus
from shop.worker import app


@app.task
def update_prices():
    chain(fetch_prices.s("eu"), store_prices.s(), rebuild_index.si())()


@app.task
def fetch_prices(region):
    Session().add(TaskStatus(task_type="fetch_prices", status="new"))
    return [region]


@app.task
def store_prices(prices):
    return prices


@app.task
def rebuild_index(): ...
"""
REPORTS = """
from celery import shared_task


@shared_task
def monthly_report(month):
    return month


# trackwright: exempt[TW101] reason="warms a cache; nothing is lost with it" approved-by="platform team"
@shared_task
def warm_cache(): ...


# trackwright: temporary[TW101] ticket="SHOP-412" until={ended} reason="prototype for the spring sale"
@shared_task
def spring_banner(): ...


# trackwright: temporary[TW101] ticket="SHOP-377" until={soon} reason="goes with the old importer"
@shared_task
def import_feed(): ...
"""
API = """
from shop.payments.tasks import capture_payment
from shop.reports.tasks import monthly_report


def checkout(payment_id):
    capture_payment.delay(payment_id)


def retry_checkout(payment_id):
    capture_payment.apply_async((payment_id,), countdown=5)


def report(month):
    monthly_report.delay(month)
"""
TRACKED = '''
from shop.db import Session
from shop.tracking import {model}
from shop.worker import app
from trackwright.jobs import tracked_task


@tracked_task(app, {model}, session_factory=Session)
def {name}(run):
    """Tracked."""
'''
TRACKING = '''
from shop.db import Base
from trackwright import TaskTrackingMixin


class {model}(TaskTrackingMixin, Base):
    """One domain."""

    __tablename__ = "{domain}_task_tracking"
'''
EXPORT = """
from shop.models import TaskStatus


def export(session):
    return session.query(TaskStatus).all()
"""
FILES = {
    ".github/CODEOWNERS": CODEOWNERS,
    "shop/__init__.py": "",
    "shop/db.py": "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase): ...\n",
    "shop/worker.py": WORKER,
    "shop/models.py": MODELS,
    "shop/payments/__init__.py": "",
    "shop/payments/tasks.py": PAYMENTS,
}


def build_shop(folder: Path) -> GitRepository:
    """The repository at its last commit; at TODAY one of its exemptions has ended, and another is about to."""
    shop = GitRepository(folder)
    shop.commit(FILES, author=ADA)
    shop.pass_days(60)
    shop.commit(_package("catalog", CATALOG), author=BO)
    shop.pass_days(75)
    shop.commit(_package("reports", _dated(REPORTS)), author=CLEO)
    shop.commit({"shop/api.py": API}, author=CLEO)
    domains = ("orders", "stock", "refunds", "invoices")
    shop.pass_days(40)
    shop.commit({"shop/tracking.py": "".join(map(_model, domains))}, author=ADA)
    for number, name in enumerate(domains):
        shop.pass_days(30 + 25 * number)
        tasks = "".join(_tracked(name, task) for task in ("receive", "handle", "archive"))
        shop.commit(_package(name, tasks), author=BO)
    shop.git("checkout", "--quiet", "-b", "move", "HEAD~2")
    shop.commit(
        {
            "shop/reports/tasks.py": None,
            "shop/reporting.py": _dated(REPORTS),
            "shop/api.py": API.replace("shop.reports.tasks", "shop.reporting"),
        },
        author=CLEO,
    )
    shop.git("checkout", "--quiet", "main")
    shop.pass_days(30)
    shop.git("merge", "--quiet", "--no-ff", "-m", "Move the reports", "move")
    shop.pass_days(45)
    shop.commit({"shop/legacy_export.py": EXPORT}, author=BO)
    shop.pass_days(50)
    shop.commit({"shop/legacy_export.py": None}, author=ADA)
    return shop


def _dated(text: str) -> str:
    ended, soon = TODAY - dt.timedelta(days=24), TODAY + dt.timedelta(days=12)
    return text.replace("{ended}", ended.isoformat()).replace("{soon}", soon.isoformat())


def _package(name: str, tasks: str) -> Mapping[str, str]:
    return {f"shop/{name}/__init__.py": "", f"shop/{name}/tasks.py": tasks}


def _model(domain: str) -> str:
    return TRACKING.replace("{model}", f"{domain.title()}Tracking").replace("{domain}", domain)


def _tracked(domain: str, name: str) -> str:
    return TRACKED.replace("{model}", f"{domain.title()}Tracking").replace("{name}", name)
