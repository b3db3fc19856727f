"""An exemption that excuses nothing.

## What it does
Finds exemptions by comment, and in the settings, that excused no finding of this run. An exemption is judged only
if all rules that it names were looked for, and while its time is not over.

## Why is this bad?
It says of the code what is no longer true, and it will hide the next finding there without anybody's approval.

## Example
```python
# trackwright: exempt[TW101] reason="cache warm-up, safe to lose" approved-by="platform team"
def warm_cache(): ...
```

## Use instead
```python
def warm_cache(): ...
```

## Fix safety
Safe: a comment does nothing. Only comments of their own row, and comments that are nothing but the exemption, are
taken away; the settings are not changed.
"""

from collections.abc import Iterator

from trackwright_gen.diagnostics import Edit, Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.rule import Finding, Run
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.project import SourceProject

CODE = "TW904"
NAME = "unused-exemption"


def check_run(project: SourceProject, run: Run) -> Iterator[Finding]:
    """One finding per exemption that was not used."""
    for place, exemption in project.exemptions.written():
        over = exemption.until is not None and exemption.until < project.today
        ours = [code for code in exemption.codes if code.startswith("TW")]
        if not over and exemption not in run.used and run.codes.issuperset(ours):
            codes = ", ".join(ours)
            fix = _fix(project, place, exemption)
            yield Finding(
                f"this exemption from {codes} excuses nothing; take it away",
                place,
                (place.row, place.row),
                fix=fix,
            )


def _fix(project: SourceProject, place: Location, exemption: Exemption) -> Fix | None:
    module = project.search.module(place.path)
    if module is None or exemption.path != place.path or place.path.suffix != ".py":
        return None
    line = module.lines[place.row - 1]
    before, after = line[: place.column - 1], line[(place.end_column or len(line) + 1) - 1 :]
    if after.strip() or not all(code.startswith("TW") for code in exemption.codes):
        return None
    if before.strip():
        start = len(before.rstrip()) + 1
        change = Edit(Location(place.path, place.row, start, place.row, len(line) + 1), "")
    else:
        change = edits.delete_rows(module, place.row, place.row)
    return Fix("Take the exemption away", (change,), safe=True)
