"""What a run tells whatever rules it uses: files that could not be linted, exemptions that are none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A code, a name, and a page whose first line is the summary."""

    code: str
    name: str
    page: str


PROBLEMS = (
    ProblemKind(
        "TW001",
        "invalid-syntax",
        """\
Finds files that are no Python of any version.

The rest of the tree is linted all the same, and the run ends with 2: what such a file declares is not known.
Newer syntax than that of the interpreter that runs the linter is read.

Files without a sign of jobs are asked for their syntax only while they are together no more than 16 MB; in larger
trees that is left to other tools, and `--show-unresolved` says so.""",
    ),
    ProblemKind(
        "TW002",
        "unreadable-file",
        """\
Finds files that cannot be read.

The file may not be opened, it vanished meanwhile, its bytes are not of the encoding that it declares, or it is nested
deeper than can be followed. The rest is linted all the same, and the run ends with 2.""",
    ),
    ProblemKind(
        "TW003",
        "unread-task",
        """\
Finds tasks that a loaded Celery app has registered and reading the source did not find.

Only `trackwright lint --verify-app package.module:app` can tell: it loads the app in the environment that it runs in.
No other rule knows of such a task. A decorator or base class of the project may be out of reach, or made while the
program runs; a task of the same place under another name is said to be that.""",
    ),
    ProblemKind(
        "TW004",
        "unregistered-task",
        """\
Finds tasks in the source that a loaded Celery app does not register.

Only `trackwright lint --verify-app package.module:app` can tell. A worker of that app refuses messages for such a task:
import its module there (`include`, `autodiscover_tasks`), or delete it if nothing uses it.""",
    ),
    ProblemKind(
        "TW900",
        "invalid-exemption",
        """\
Finds comments that want to be exemptions and are none.

```python
# trackwright: exempt[TW101] reason="cache warm-up, safe to lose" approved-by="platform team"
# trackwright: temporary[TW101] ticket="PAY-123" until=2027-03-31 reason="prototype"
# trackwright: external[TW301] reason="vendor owns the table" adapts="VendorJob"
```

A mistake in such a comment would excuse nothing in silence. The message says which part is wrong.""",
    ),
)
