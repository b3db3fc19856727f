"""Random specs that adopt a table: the model that somebody wrote by hand, its migration, two rows of old."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trackwright_gen.spec.examples import example
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.naming import Names
from trackwright_gen.spec.source import SpecSource

Tree = dict[str, Any]
OLD_TABLE = "things_of_old"
WORDS = {
    "waiting": "PENDING",
    "it's on": "PROCESSING",
    "done": "COMPLETED",
    "broken": "FAILED",
    "no": "CANCELLED",
}
CORE_NAMES = {
    "error": "error_message",
    "Retry Count": "attempts",
    "created": "created_at",
    "job": "celery_task_id",
}
CORE_COLUMNS = {
    "error": "Text(), nullable=True",
    "Retry Count": "Integer(), nullable=False, default=0",
    "created": "DateTime(), nullable=False, server_default=func.now()",
    "job": "String(255), nullable=True",
}
TYPES: dict[str, Callable[[Tree], str]] = {
    "string": lambda field: f"String({field.get('length', '')})",
    "text": lambda _field: "Text()",
    "integer": lambda _field: "Integer()",
    "bigint": lambda _field: "BigInteger()",
    "boolean": lambda _field: "Boolean()",
    "date": lambda _field: "Date()",
    "decimal": lambda field: f"Numeric({field['precision']}, {field['scale']})",
    "float": lambda _field: "Double()",
    "uuid": lambda _field: "Uuid()",
    "json": lambda _field: "JSON()",
}
"""What the table of old may have: a field of another type comes to it by the adoption."""


def adoptable(fields: Tree) -> Tree:
    """The fields that a table with rows can have or be given: what is new must not need values."""
    return {
        name: field
        for name, field in fields.items()
        if in_old_table(field) or not ({"required", "unique", "default", "default_sql"} & field.keys())
    }


def in_old_table(field: Tree) -> bool:
    """Whether a column of old is there for the field."""
    return field.get("type") in TYPES and "references" not in field and "default_sql" not in field


@st.composite
def adoptions(draw: st.DrawFn, fields: Tree) -> Tree:
    """What the spec says of the table: some columns had other names."""
    names = [name for name, field in fields.items() if in_old_table(field)]
    other = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    core = draw(st.lists(st.sampled_from(sorted(CORE_NAMES)), unique=True))
    rename = {"State": "status", **{old: CORE_NAMES[old] for old in core}}
    rename |= {f"Old{position}": name for position, name in enumerate(other)}
    return {"table": OLD_TABLE, "rename": rename, "status": dict(WORDS)}


def rewritten(fields: Tree) -> list[str]:
    """What an adoption changes the type of."""
    return [
        "id",
        *(name for name, field in fields.items() if field.get("type") == "json" and in_old_table(field)),
    ]


def old_files(spec: Tree, text: str) -> dict[str, str]:
    """The model of old, and the migration that made its table and has put two rows there."""
    heirs = {new: old for old, new in spec["adopt"]["rename"].items()}
    fields = {name: field for name, field in spec.get("fields", {}).items() if in_old_table(field)}
    columns = {heirs.get(name, name): _column(field) for name, field in fields.items()}
    columns["State"] = 'String(20), nullable=False, default="waiting"'
    columns |= {old: CORE_COLUMNS[old] for old in CORE_NAMES if old in spec["adopt"]["rename"]}
    lines = [
        f"    c{position}: Mapped[Any] = mapped_column({name!r}, {kind})"
        for position, (name, kind) in enumerate(columns.items())
    ]
    parsed = parse_spec(SpecSource.of(Path("spec.yaml"), text)).spec
    names = Names.of(parsed)
    rows = [
        {
            heirs.get(name, name): example(names.use(name, parsed.fields[name]), index, parsed)
            for name in fields
        }
        | {"State": word}
        for index, word in ((1, "waiting"), (2, "done"))
    ]
    return {
        "app/models/old.py": MODEL + "\n".join([*lines, ""]),
        "migrations/versions/0003_old.py": MIGRATION.replace("ROWS", repr(rows)),
    }


def _column(field: Tree) -> str:
    return f"{TYPES[field['type']](field)}, nullable={not field.get('required', False)}"


MODEL = textwrap.dedent(f'''\
    """What was there before anything was tracked."""

    from typing import Any

    from sqlalchemy import (
        JSON, BigInteger, Boolean, Date, DateTime, Double, Integer, Numeric, String, Text, Uuid, func
    )
    from sqlalchemy.orm import Mapped, mapped_column

    from app.database import Base


    class ThingOfOld(Base):
        """A thing."""

        __tablename__ = {OLD_TABLE!r}

        id: Mapped[int] = mapped_column(primary_key=True)
''')
MIGRATION = textwrap.dedent('''\
    """things of old"""

    import datetime
    from decimal import Decimal
    from uuid import UUID

    from alembic import op

    from app.models.old import ThingOfOld

    revision = "0003"
    down_revision = "0002"
    branch_labels = depends_on = None


    def upgrade() -> None:
        ThingOfOld.__table__.create(op.get_bind())
        for row in ROWS:
            op.get_bind().execute(ThingOfOld.__table__.insert().values(row))


    def downgrade() -> None:
        ThingOfOld.__table__.drop(op.get_bind())
''')
