"""The six endpoints of a domain: what HTTP says, handed to the operations over the caller's session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from trackwright.rest import operations
from trackwright.rest.access import Action, Authorize, TrackingId, guard
from trackwright.rest.bodies import Cancellation, Stats, json_response, strictly
from trackwright.rest.cursor import PATTERN, decoded
from trackwright.rest.problems import documented
from trackwright.rest.resource import TaskResource
from trackwright.rest.sessions import in_session
from trackwright.status import TrackingStatus

PAGE = 100
LONGEST_PAGE = 500
LONGEST_WINDOW = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Face:
    """What the endpoints of one domain are made with."""

    resource: TaskResource
    get_db: Callable[..., Any]
    authorize: Authorize | None

    def guard(self, action: Action, *, has_id: bool = False) -> Any:
        """The dependency that asks whether the caller may; it comes before the session's."""
        return Depends(guard(self.authorize, self.resource.domain, action, has_id=has_id))

    def about(self, action: Action, summary: str, *problems: int) -> dict[str, Any]:
        """What OpenAPI says of every endpoint."""
        domain = self.resource.domain
        return {
            "name": f"{action}_{domain}",
            "operation_id": f"{action}_{domain}",
            "summary": summary,
            "responses": documented(403, *problems, 503),
        }


def add_create(router: APIRouter, face: Face, path: str) -> str:
    """POST /tasks/{domain}; gives the method."""
    resource = face.resource

    async def create(
        request: Request,
        data: Any,
        _by: Annotated[Any, face.guard(Action.CREATE)],
        db: Annotated[Any, Depends(face.get_db)],
    ) -> Response:
        del data  # FastAPI's reading of it is for OpenAPI: it takes "1" for 1
        row = await in_session(db, operations.create, resource, await strictly(request, resource.create))
        own_path = f"{request.url.path}/{row.id}"
        return json_response(row, 201, {"Location": own_path})

    create.__annotations__["data"] = resource.create
    about = face.about(Action.CREATE, f"Create a task of {resource.domain}", 400, 409, 413, 415, 422)
    location = {"description": "Where the new row is.", "schema": {"type": "string"}}
    about["responses"] |= {201: {"description": "Created", "headers": {"Location": location}}}
    router.post(path, status_code=201, response_model=resource.read, **about)(create)
    return "POST"


def add_list(router: APIRouter, face: Face, path: str) -> str:
    """GET /tasks/{domain}; gives the method."""
    resource = face.resource

    async def list_rows(
        _by: Annotated[Any, face.guard(Action.LIST)],
        db: Annotated[Any, Depends(face.get_db)],
        status: TrackingStatus | None = None,
        cursor: Annotated[str | None, Query(pattern=PATTERN, description="next_cursor of a page.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    ) -> Response:
        after = None if cursor is None else decoded(cursor)
        page = await in_session(db, operations.list_page, resource, status=status, after=after, limit=limit)
        return json_response(page)

    about = face.about(Action.LIST, f"Tasks of {resource.domain}, newest first", 422)
    router.get(path, response_model=resource.page, **about)(list_rows)
    return "GET"


def add_stats(router: APIRouter, face: Face, path: str) -> str:
    """GET /tasks/{domain}/stats; gives the method."""
    resource = face.resource

    async def stats(
        _by: Annotated[Any, face.guard(Action.STATS)],
        db: Annotated[Any, Depends(face.get_db)],
        window: Annotated[
            int, Query(ge=1, le=LONGEST_WINDOW, description="How many seconds back rates and durations look.")
        ] = 86_400,
    ) -> Response:
        return json_response(
            await in_session(db, operations.stats, resource, window=timedelta(seconds=window))
        )

    about = face.about(Action.STATS, f"The tasks of {resource.domain} in figures", 422)
    router.get(path, response_model=Stats, **about)(stats)
    return "GET"


def add_read(router: APIRouter, face: Face, path: str) -> str:
    """GET /tasks/{domain}/{tracking_id}; gives the method."""
    resource = face.resource

    async def read(
        tracking_id: TrackingId,
        _by: Annotated[Any, face.guard(Action.READ, has_id=True)],
        db: Annotated[Any, Depends(face.get_db)],
    ) -> Response:
        return json_response(await in_session(db, operations.read, resource, tracking_id))

    about = face.about(Action.READ, f"One task of {resource.domain}", 404, 422)
    router.get(path, response_model=resource.read, **about)(read)
    return "GET"


def add_cancel(router: APIRouter, face: Face, path: str) -> str:
    """POST /tasks/{domain}/{tracking_id}/cancel; gives the method."""
    resource = face.resource

    async def cancel(
        request: Request,
        tracking_id: TrackingId,
        data: Cancellation,
        by: Annotated[Any, face.guard(Action.CANCEL, has_id=True)],
        db: Annotated[Any, Depends(face.get_db)],
    ) -> Response:
        del data  # as above
        body = await strictly(request, Cancellation)
        row = await in_session(db, operations.cancel, resource, tracking_id, body, by)
        return json_response(row, 200 if row.status is TrackingStatus.CANCELLED else 202)

    problems = (400, 404, 409, 413, 415, 422)
    about = face.about(Action.CANCEL, f"Cancel a task of {resource.domain}", *problems)
    asked = {"description": "It is running, and was asked to stop.", "model": resource.read}
    about["responses"] |= {202: asked}
    router.post(path, response_model=resource.read, **about)(cancel)
    return "POST"


def add_retry(router: APIRouter, face: Face, path: str) -> str:
    """POST /tasks/{domain}/{tracking_id}/retry; gives the method."""
    resource = face.resource

    async def retry(
        tracking_id: TrackingId,
        _by: Annotated[Any, face.guard(Action.RETRY, has_id=True)],
        db: Annotated[Any, Depends(face.get_db)],
    ) -> Response:
        return json_response(await in_session(db, operations.retry, resource, tracking_id))

    about = face.about(
        Action.RETRY, f"Give a failed task of {resource.domain} another attempt", 404, 409, 422
    )
    router.post(path, response_model=resource.read, **about)(retry)
    return "POST"
