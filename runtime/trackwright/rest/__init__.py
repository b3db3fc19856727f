"""REST endpoints of tracked domains for a FastAPI application (principles 5); needs the extra `api`."""

try:
    import fastapi as _fastapi
except ModuleNotFoundError as missing:
    from trackwright.errors import MissingExtra

    if missing.name != "fastapi":
        raise
    raise MissingExtra("trackwright.rest", package="fastapi", extra="api") from missing

from trackwright.rest.access import Action, Authorize
from trackwright.rest.problems import Problem
from trackwright.rest.resource import TaskResource
from trackwright.rest.router import tracking_router

__all__ = ["Action", "Authorize", "Problem", "TaskResource", "tracking_router"]

del _fastapi
