"""Errors as problem+json (RFC 9457): which error is which problem, and how OpenAPI says so."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from http.client import responses
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from trackwright.errors import InvalidTransition, MetadataTooLarge, TrackingNotFound

logger = logging.getLogger("trackwright.rest")
_PASSING = {"08", "40", "53", "55", "57"}
"""SQLSTATE classes of what passes: lost connections, deadlocks, no room, locks, a server that shuts down."""
MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One mistake of a request."""

    location: list[str | int] = Field(
        description="Where it is: body, query or path, and the way to the value."
    )
    message: str
    type: str = Field(description="The mistake in a word that programs can rely on.")


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = Field(default=None, description="The request's mistakes, one by one.")
    current_status: str | None = Field(default=None, description="The status that the row is in.")
    allowed: list[str] | None = Field(default=None, description="The statuses from which it could be done.")


class Unstorable(ValueError):
    """A driver refused a value before the database saw it."""


def response_of(error: Exception) -> Response | None:
    """The problem that an error is to a caller; None where it is a fault of the server."""
    match error:
        case RequestValidationError():
            return _answer(
                422, "The request is not as the endpoint takes it.", errors=_mistakes(error.errors())
            )
        case TrackingNotFound():
            return _answer(404, str(error))
        case InvalidTransition():
            allowed = sorted(error.allowed)
            return _answer(409, str(error), current_status=error.status, allowed=allowed)
        case MetadataTooLarge():
            return _answer(422, str(error))
        case HTTPException():
            return _answer(error.status_code, str(error.detail), headers=error.headers)
        case _:
            return _of_database(error)


def _of_database(error: Exception) -> Response | None:
    if isinstance(error, IntegrityError):
        return _answer(409, "The row conflicts with what is there: a unique value, a reference or a check.")
    if _is_away(error):
        logger.error("the database did not answer", exc_info=error)
        return _answer(
            503, "The database does not answer now; try again later.", headers={"Retry-After": "5"}
        )
    if _is_unstorable(error):
        return _answer(422, "A value is outside of what its column can hold.")
    return None


def _is_away(error: Exception) -> bool:
    """Whether the same request may succeed later. asyncpg's errors come as plain DBAPIErrors or as they are."""
    if isinstance(error, DBAPIError):
        passing = error.connection_invalidated or _sqlstate(error)[:2] in _PASSING
        return passing or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, PoolTimeoutError | ConnectionError)


def _is_unstorable(error: Exception) -> bool:
    """Whether a value was refused, by the database or by its driver."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError) or (
            type(error) is DBAPIError and _sqlstate(error)[:2] in {"", "22"}
        )
    in_type = isinstance(error, StatementError) and isinstance(error.orig, (ValueError, OverflowError))
    return in_type or isinstance(error, Unstorable)


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _answer(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    problem = Problem(title=responses.get(status, "Error"), status=status, detail=detail, **members)
    text = problem.model_dump_json(exclude_none=True)
    return Response(text, status, headers, media_type=MEDIA_TYPE)


def _mistakes(errors: Iterable[Any]) -> Sequence[FieldError]:
    # Without the values themselves: they may be what no JSON can hold, or a secret. An id that two dependencies
    # read is wrong once.
    distinct = {(*error["loc"], error["type"]): error for error in errors}
    return [
        FieldError(location=[*_printable(error["loc"])], message=error["msg"], type=error["type"])
        for error in distinct.values()
    ]


def _printable(location: Iterable[str | int]) -> Iterable[str | int]:
    for part in location:
        yield part.encode(errors="backslashreplace").decode() if isinstance(part, str) else part


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses that OpenAPI lists for an endpoint's problems."""
    schema = Problem.model_json_schema(ref_template="{model}")
    parts = schema.pop("$defs")
    (as_list, _null) = schema["properties"]["errors"]["anyOf"]
    as_list["items"] = parts["FieldError"]
    content = {MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": responses[status], "content": content} for status in statuses}
