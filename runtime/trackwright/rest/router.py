"""tracking_router: for each domain its own endpoints, so that OpenAPI shows each one's own schemas."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, cast

from fastapi import APIRouter, HTTPException

from trackwright.rest import endpoints
from trackwright.rest.access import Authorize
from trackwright.rest.endpoints import Face
from trackwright.rest.resource import TaskResource
from trackwright.rest.route import TrackingRoute

_ENDPOINTS = {
    "": (endpoints.add_create, endpoints.add_list),
    "/stats": (endpoints.add_stats,),
    "/{tracking_id}": (endpoints.add_read,),
    "/{tracking_id}/cancel": (endpoints.add_cancel,),
    "/{tracking_id}/retry": (endpoints.add_retry,),
}
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
_UNSAID = cast("Authorize", object())


def tracking_router(
    registry: Iterable[TaskResource],
    *,
    get_db: Callable[..., Any],
    authorize: Authorize | None = _UNSAID,
) -> APIRouter:
    """Endpoints below `/tasks/{domain}` for each domain: create, list, read, cancel, retry, stats.

    Args:
        registry: the domains that shall have endpoints.
        get_db: a FastAPI dependency that gives a Session or an AsyncSession. The endpoints commit it.
        authorize: asked before every request, see `Authorize`. Give None to publish the endpoints to whoever
            reaches them.

    Raises:
        TypeError: authorize was not given.
        ValueError: no domain, or one of them twice.
    """
    if authorize is _UNSAID:
        message = (
            "tracking_router needs authorize=: a function of (request, domain, action, tracking_id) that gives "
            "False to refuse. authorize=None publishes the endpoints to whoever reaches them."
        )
        raise TypeError(message)
    router = APIRouter()
    for resource in _each_once(registry):
        router.include_router(_router_of(Face(resource, get_db, authorize)))
    return router


def _each_once(registry: Iterable[TaskResource]) -> tuple[TaskResource, ...]:
    resources = tuple(registry)
    if not resources:
        message = "tracking_router was given no domain: name at least one TaskResource."
        raise ValueError(message)
    counts = Counter(resource.domain for resource in resources)
    if twice := sorted(domain for domain, count in counts.items() if count > 1):
        message = f"tracking_router was given {', '.join(twice)} more than once."
        raise ValueError(message)
    return resources


def _router_of(face: Face) -> APIRouter:
    domain = face.resource.domain
    router = APIRouter(prefix=f"/tasks/{domain}", tags=[domain], route_class=TrackingRoute)
    # The word before the id: "stats" would be read as one.
    for path, adders in _ENDPOINTS.items():
        methods = {add(router, face, path) for add in adders}
        _refuse_others(router, path, methods)
    return router


def _refuse_others(router: APIRouter, path: str, methods: set[str]) -> None:
    """Answer other methods with all that the path has: by itself each route would name its own only."""

    async def refuse() -> None:
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})

    others = sorted(_METHODS - methods)
    router.add_api_route(path, refuse, methods=others, include_in_schema=False)
