"""What the demo sends to its worker, and how each row shall end."""

import datetime as dt
import importlib
import os
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """One row and how it shall end."""

    domain: str
    case: str
    tracking_id: int
    status: str
    attempts: int
    error: str | None = None
    cancel: bool = False


def enqueue(project: Path, environment: Environment) -> list[Expected]:
    """Enqueue a task for every way a row can end."""
    os.environ.update(environment)
    os.chdir(project)
    sys.path.insert(0, str(project))
    shop = importlib.import_module("app.models.shop")
    with _session() as session:
        session.add_all([shop.Etf(id="IE00B4L5Y983"), shop.PensionEtf(id=1)])
        session.commit()
        rows = [*_prices(session), *_contributions(session)]
        session.commit()
    return rows


def _prices(session: Any) -> list[Expected]:
    task = importlib.import_module("app.tasks.etf_price_update").update_etf_price
    service = _service("etf_price_update")(session)
    cases = {
        "xetra": ("succeeds", "COMPLETED", 1, None),
        "flaky": ("fails once", "COMPLETED", 2, "ConnectionError: the quote server did not answer"),
        "down": ("never succeeds", "FAILED", 3, "ConnectionError: the quote server is down (attempt 3)"),
    }
    rows: list[Expected] = []
    for day, (source, (case, status, attempts, error)) in enumerate(cases.items(), start=1):
        values = {
            "etf_id": "IE00B4L5Y983",
            "date": dt.date(2026, 3, day),
            "price": Decimal("88.5"),
            "source": source,
        }
        tracking_id = service.enqueue(task, **values)
        rows.append(Expected("etf_price_update", case, tracking_id, status, attempts, error))
    return rows


def _contributions(session: Any) -> list[Expected]:
    task = importlib.import_module("app.tasks.contribution_realization").process_contribution
    service = _service("contribution_realization")(session)
    day = dt.date(2026, 3, 1)
    done = service.enqueue(task, pension_id=1, contribution_date=day, amount=Decimal("100.00"))
    running = service.enqueue(
        task, pension_id=1, contribution_date=day.replace(day=2), amount=Decimal("50.00"), currency="CHF"
    )
    queued = service.enqueue(
        task,
        pension_id=1,
        contribution_date=day.replace(day=3),
        amount=Decimal("25.00"),
        scheduled_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1),
    )
    domain = "contribution_realization"
    return [
        Expected(domain, "succeeds", done, "COMPLETED", 1),
        Expected(domain, "cancelled while it runs", running, "CANCELLED", 1, cancel=True),
        Expected(domain, "cancelled in the queue", queued, "CANCELLED", 0, cancel=True),
    ]


def cancel_what_shall_be_cancelled(expected: list[Expected]) -> None:
    """Cancel the rows that wait for it: the queued one at once, the running one when it runs."""
    for one in expected:
        if not one.cancel:
            continue
        with _session() as session:
            service = _service(one.domain)(session)
            row = service.get_status(one.tracking_id)
            is_due = row.status == ("PROCESSING" if one.attempts else "PENDING")
            if is_due and "cancel" not in row.task_metadata:
                service.cancel(one.tracking_id, "shown in the demo", by="demo", commit=True)


def rows_now(expected: list[Expected]) -> list[dict[str, Any]]:
    """The rows as they are, beside what they shall be."""
    found: list[dict[str, Any]] = []
    for one in expected:
        with _session() as session:
            row = _service(one.domain)(session).get_status(one.tracking_id)
            found.append(
                {
                    "domain": one.domain,
                    "case": one.case,
                    "expected": [one.status, one.attempts, one.error],
                    "id": row.id,
                    "status": row.status,
                    "attempts": row.attempts,
                    "created_at": row.created_at,
                    "started_at": row.started_at,
                    "completed_at": row.completed_at,
                    "error_message": row.error_message,
                    "metadata": row.task_metadata,
                }
            )
    return found


def _session() -> Any:
    return importlib.import_module("app.db.session").SessionLocal()


def _service(domain: str) -> Any:
    module = importlib.import_module(f"app.services.{domain}")
    own = {
        "etf_price_update": "EtfPriceUpdateService",
        "contribution_realization": "ContributionRealizationService",
    }
    return getattr(module, own[domain])
