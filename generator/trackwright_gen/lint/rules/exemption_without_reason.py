"""An exemption that does not say why.

## What it does
Finds exemptions from our rules without a `reason`, and external ones that do not say what they adapt
(`adapts`). `# noqa: TW101` cannot say why, so it is one.

## Why is this bad?
Nobody who meets the exemption later can tell whether it still holds. It stays for ever, and others copy it.

## Example
```python
from celery import shared_task


@shared_task  # noqa: TW101
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

CODE = "TW901"
NAME = "exemption-without-reason"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per exemption."""
    for place, exemption in project.exemptions.written():
        message = _missing(exemption)
        if message is not None:
            yield Finding(message, place, (place.row, place.row))


def _missing(exemption: Exemption) -> str | None:
    codes = ", ".join(exemption.codes)
    if exemption.kind == "noqa":
        return f'`noqa: {codes}` says no reason; write `# trackwright: exempt[{codes}] reason="..." approved-by="..."`'
    if not exemption.reason:
        return f'this exemption from {codes} says no reason; add reason="..."'
    if exemption.kind == "external" and not exemption.adapts:
        return (
            f'this exemption from {codes} does not say what of the other system it adapts; add adapts="..."'
        )
    return None
