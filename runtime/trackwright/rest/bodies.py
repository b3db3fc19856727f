"""Bodies of requests and responses: those that all domains share, and how they are read and written."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

BodyT = TypeVar("BodyT", bound=BaseModel)

REASON_LENGTH = 1_000


class Cancellation(BaseModel):
    """Why a task shall not run, or not run on."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=REASON_LENGTH)
    cascade: bool = Field(
        default=True,
        description="Cancel the tasks that wait for it too; otherwise they no longer wait for it.",
    )


class WindowFigures(BaseModel):
    """How the rows that were made in the last `seconds` stand."""

    seconds: float
    created: int
    completed: int
    failed: int
    cancelled: int
    failure_rate: float | None
    mean_duration_seconds: float | None
    longest_duration_seconds: float | None


class Stats(BaseModel):
    """A domain in figures."""

    domain: str
    counts: dict[str, int] = Field(description="Rows by status.")
    longest_wait_seconds: float | None = Field(description="How long the longest waiting row has been due.")
    window: WindowFigures


async def strictly(request: Request, kind: type[BodyT]) -> BodyT:
    """The request's body, as JSON Schema has it: "1" is no number, 1.0 is the integer 1.

    Raises:
        RequestValidationError: it is not of this kind.
    """
    body = await request.body()
    try:
        try:
            return kind.model_validate_json(body, strict=True)
        except ValidationError as error:
            if not any(_is_whole(mistake["input"]) for mistake in error.errors()):
                raise
            return kind.model_validate_json(json.dumps(json.loads(body, parse_float=_number)), strict=True)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False, include_input=False)
        located = [{**mistake, "loc": ("body", *mistake["loc"])} for mistake in mistakes]
        raise RequestValidationError(located) from error


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if _is_whole(number) else number


def json_response(
    content: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response in the content's own JSON, NaN as null."""
    text = content.model_dump_json(by_alias=True)
    return Response(text, status, headers, media_type="application/json")
