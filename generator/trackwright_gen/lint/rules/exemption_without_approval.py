"""An exemption that nobody has approved.

## What it does
Finds `exempt` without `approved-by`, and `temporary` without a `ticket` or an `until`: approval for a time is the
debt's ticket and its end.

## Why is this bad?
A task without tracking is a decision of those who run it, not of the one who writes it. An approval, or a ticket
with a date, keeps the decision where others see it.

## Example
```python
from celery import shared_task


# trackwright: exempt[TW101] reason="cache warm-up, safe to lose"
@shared_task
def warm_cache(): ...
```

## Use instead
```python
from celery import shared_task


# trackwright: exempt[TW101] reason="cache warm-up, safe to lose" approved-by="platform team"
@shared_task
def warm_cache(): ...
```
"""

from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.project import SourceProject

CODE = "TW902"
NAME = "exemption-without-approval"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per exemption, naming all that is missing."""
    for place, exemption in project.exemptions.written():
        missing = _missing(exemption)
        if missing:
            codes = ", ".join(exemption.codes)
            message = f"nobody has approved this exemption from {codes}; add {' and '.join(missing)}"
            yield Finding(message, place, (place.row, place.row))


def _missing(exemption: Exemption) -> list[str]:
    match exemption.kind:
        case "exempt":
            return [] if exemption.approved_by else ['approved-by="..."']
        case "temporary":
            wanted = {'ticket="..."': exemption.ticket, "until=YYYY-MM-DD": exemption.until}
            return [field for field, value in wanted.items() if not value]
        case _:
            return []
