"""A route whose errors are problems, and whose bodies are JSON of a bounded size."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Message, Receive

from trackwright.rest.problems import response_of

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body: far above any row's fields, far below what would hurt a server."""


class TrackingRoute(APIRoute):
    """FastAPI's route, with problem+json for what it and its dependencies raise."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, guarded."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def guarded(request: Request) -> Response:
            try:
                return await handle(_with_checked_body(request) if takes_body else request)
            except Exception as error:
                response = response_of(error)
                if response is None:
                    raise
                return response

        return guarded


def _with_checked_body(request: Request) -> Request:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, f"The body must be application/json, not {kind or 'of no stated type'}.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > BODY_LIMIT:
        raise _too_large()
    return Request(request.scope, _bounded(request.receive))


def _bounded(receive: Receive) -> Receive:
    """The same stream, ended by an error where it gets too long: not every client declares a length."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > BODY_LIMIT:
            raise _too_large()
        return message

    return bounded


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body is larger than {BODY_LIMIT} bytes.")
