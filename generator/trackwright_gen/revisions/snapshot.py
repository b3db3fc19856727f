"""A table as stable JSON text: what the database looked like when the last revision was written."""

import dataclasses
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.plan.table import Table

_TABLE = TypeAdapter(Table)


def snapshot_text(table: Table) -> str:
    """The table as JSON, the same bytes for the same table."""
    bare = dataclasses.replace(
        table, columns=tuple(dataclasses.replace(column, default=None) for column in table.columns)
    )
    return json.dumps(dataclasses.asdict(bare), indent=1, default=_plain) + "\n"


def read_snapshot(path: Path) -> Table:
    """Read a snapshot back.

    Raises:
        ToolError: the file is no snapshot; it is written by the tool and not meant to be edited.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return _TABLE.validate_python(_tuples(raw))
    except (ValueError, ValidationError) as error:
        raise ToolError(
            f"not a schema snapshot: {error}",
            at=Location(path),
            hint="restore the file from version control; it says what the last migration made",
        ) from None


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    message = f"{value!r} cannot stand in a snapshot"
    raise TypeError(message)


def _tuples(value: Any) -> Any:
    # A type's arguments are `Any` to the validator: lists would stay lists and never equal the planned tuples.
    if isinstance(value, list):
        return tuple(_tuples(one) for one in value)
    if isinstance(value, dict):
        return {key: _tuples(one) for key, one in value.items()}
    return value
