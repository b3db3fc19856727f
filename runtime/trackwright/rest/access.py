"""Who may do what: the caller's own `authorize`, asked before a request touches the database."""

import inspect
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from fastapi import HTTPException, Path, Request
from starlette.concurrency import run_in_threadpool

_BIGGEST_ID = 2**63 - 1
TrackingId: TypeAlias = Annotated[
    int, Path(ge=1, le=_BIGGEST_ID, description="The row's id.", json_schema_extra={"format": "int64"})
]


class Action(StrEnum):
    """What a request is about to do."""

    CREATE = "create"
    LIST = "list"
    READ = "read"
    CANCEL = "cancel"
    RETRY = "retry"
    STATS = "stats"


Verdict: TypeAlias = bool | str | None
"""False: no. A string: yes, and who is asking; a cancellation keeps it."""
Authorize: TypeAlias = Callable[[Request, str, Action, int | None], Verdict | Awaitable[Verdict]]
"""Called with the request, the domain, the action and the row's id (None where there is no single row).

It may be sync (run in a thread) or async. It refuses by False, by PermissionError, or by an HTTPException of its own
choice; any other error is a fault of the server.
"""


def guard(
    authorize: Authorize | None, domain: str, action: Action, *, has_id: bool
) -> Callable[..., Awaitable[str | None]]:
    """A dependency that asks `authorize`; gives who is asking, where it says so."""

    async def ask(request: Request, tracking_id: int | None) -> str | None:
        return await _ask(authorize, request, domain, action, tracking_id)

    async def about_one(request: Request, tracking_id: TrackingId) -> str | None:
        return await ask(request, tracking_id)

    async def about_all(request: Request) -> str | None:
        return await ask(request, None)

    return about_one if has_id else about_all


async def _ask(
    authorize: Authorize | None, request: Request, domain: str, action: Action, tracking_id: int | None
) -> str | None:
    if authorize is None:
        return None
    try:
        verdict = await _call(authorize, request, domain, action, tracking_id)
    except PermissionError as refusal:
        raise HTTPException(403, str(refusal) or None) from refusal
    if verdict is False:
        raise HTTPException(403, f"{action} of {domain} is not allowed.")
    return verdict if isinstance(verdict, str) else None


async def _call(authorize: Authorize, *arguments: Any) -> Verdict:
    function: Callable[..., Any] = authorize
    is_async = inspect.iscoroutinefunction(function)
    verdict = function(*arguments) if is_async else await run_in_threadpool(function, *arguments)
    answer: Verdict = await verdict if inspect.isawaitable(verdict) else verdict
    return answer
