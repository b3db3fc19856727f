"""A table as stable JSON text: what the database looked like when the last revision was written."""

import dataclasses
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.plan.table import Table


@cache
def _reader() -> TypeAdapter[Table]:
    return TypeAdapter(Table)


def snapshot_text(table: Table) -> str:
    """The table as JSON, the same bytes for the same table. Client-side defaults are no matter of the database."""
    return json.dumps(_plain(table), indent=1, default=_encoded) + "\n"


def read_snapshot(path: Path) -> Table:
    """Read a snapshot back.

    Raises:
        ToolError: the file is no snapshot; it is written by the tool and not meant to be edited.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        table = _reader().validate_python(_tuples(raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise _broken(path, f"{place}: {first['msg']}") from None
    except (ValueError, OSError, RecursionError) as error:
        raise _broken(path, str(error)) from None
    if strange := _strange(raw, json.loads(snapshot_text(table))):
        raise _broken(path, f"{strange} is not what this version of the tool writes there")
    return table


def _broken(path: Path, why: str) -> ToolError:
    return ToolError(
        f"not a schema snapshot: {why}",
        at=Location(path),
        hint="restore the file from version control; it says what the last migration made",
    )


def _plain(table: Table) -> dict[str, Any]:
    columns = tuple(dataclasses.replace(column, default=None) for column in table.columns)
    plain = dataclasses.asdict(dataclasses.replace(table, columns=columns))
    # Few tables have one: what is not there is not said.
    for key in ("view", "schema"):
        if plain[key] is None:
            del plain[key]
    return plain


def _encoded(value: object) -> Any:
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


def _strange(raw: Any, written: Any, place: str = "") -> str:
    """The first place where the file says more than was understood, or something else."""
    match raw, written:
        case dict(), dict():
            parts = [(key, value, written.get(key, _Unknown)) for key, value in raw.items()]
        case list(), list() if len(raw) == len(written):
            parts = [(str(i), *pair) for i, pair in enumerate(zip(raw, written, strict=True))]
        case _:
            return "" if raw == written and type(raw) is type(written) else repr(place)
    found = (_strange(value, other, f"{place}.{name}".lstrip(".")) for name, value, other in parts)
    return next((one for one in found if one), "")


class _Unknown:
    """Stands for what was not written."""
