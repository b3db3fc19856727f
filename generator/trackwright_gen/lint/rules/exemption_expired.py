"""An exemption whose time is over.

## What it does
Finds exemptions with an `until` that lies in the past. What they excused is reported again.

## Why is this bad?
The time was given to do the work in. Either the work is done and the comment is left over, or it is not and the
time has to be asked for again.

## Example
```python
from celery import shared_task


# trackwright: temporary[TW101] ticket="PAY-123" until=2024-03-31 reason="prototype"
@shared_task
def settle(): ...
```

## Use instead
```python
from app.celery_app import app
from app.db import Session
from app.models.settlement_tracking import SettlementTracking
from trackwright.jobs import tracked_task


@tracked_task(app, SettlementTracking, session_factory=Session)
def settle(run): ...
```
"""

from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject

CODE = "TW903"
NAME = "exemption-expired"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per exemption."""
    for place, exemption in project.exemptions.written():
        if exemption.until is not None and exemption.until < project.today:
            codes = ", ".join(exemption.codes)
            ticket = f" ({exemption.ticket})" if exemption.ticket else ""
            message = (
                f"this exemption from {codes} ended on {exemption.until}{ticket}; "
                "do what it put off, or have it approved until another day"
            )
            yield Finding(message, place, (place.row, place.row))
