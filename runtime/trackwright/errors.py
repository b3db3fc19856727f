"""What the runtime raises: each error says what was, what was asked and what is allowed."""

from collections.abc import Collection
from typing import Any


class TrackwrightError(Exception):
    """Base of all errors that trackwright's runtime raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Workers send errors from process to process. What one was made from is not what it says: pickled like
        # other exceptions, it could not be made again, and Celery would put a nameless one in its place.
        return _as_it_was, (type(self), self.args, vars(self))


def _as_it_was(
    kind: type[TrackwrightError], said: tuple[Any, ...], state: dict[str, Any]
) -> TrackwrightError:
    error = kind.__new__(kind)
    error.args = said
    vars(error).update(state)
    return error


class TrackingModelError(TrackwrightError, TypeError):
    """A model breaks the base structure of a tracking table (principles 2.1-2.3)."""

    def __init__(self, model: str, problems: Collection[str]) -> None:
        self.model = model
        self.problems = tuple(problems)
        listing = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{model} is no valid tracking table:\n{listing}")


class TrackingNotFound(TrackwrightError, LookupError):
    """No row has this id."""

    def __init__(self, table: str, tracking_id: object) -> None:
        self.table = table
        self.tracking_id = tracking_id
        super().__init__(f"{table} has no row {tracking_id!r}.")


class InvalidTransition(TrackwrightError, ValueError):
    """A row cannot do what was asked from the status it is in."""

    def __init__(
        self,
        table: str,
        tracking_id: int,
        *,
        status: str,
        operation: str,
        allowed: Collection[str],
        because: str | None = None,
    ) -> None:
        self.table = table
        self.tracking_id = tracking_id
        self.status = status
        self.operation = operation
        self.allowed = tuple(allowed)
        detail = because or f"{operation} is allowed from {', '.join(sorted(allowed))}"
        super().__init__(f"{table} {tracking_id} is {status}: cannot {operation}; {detail}.")


class WaitTimeout(TrackwrightError, TimeoutError):
    """A row had not ended when the time to wait for it was over."""

    def __init__(self, table: str, tracking_id: int, *, status: str, timeout: float) -> None:
        self.table = table
        self.tracking_id = tracking_id
        self.status = status
        super().__init__(f"{table} {tracking_id} is still {status} after {timeout:g} s.")


class UnknownStatus(TrackwrightError, ValueError):
    """A word that is none of the five statuses."""

    def __init__(self, status: str, known: Collection[str]) -> None:
        super().__init__(f"{status!r} is no status; use one of {', '.join(known)}.")


class MetadataTooLarge(TrackwrightError, ValueError):
    """A caller's metadata is too large for a row that every later statement carries along."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            f"task_metadata has {size} characters of JSON, at most {most} go into a row: keep large data in a table "
            "or a file of your own, and its key in the row."
        )


class SessionSettingsError(TrackwrightError):
    """A session is set up in a way that would fail later, in another place."""


class MissingExtra(TrackwrightError, ImportError):
    """A part of trackwright needs packages of an extra that is not installed."""

    def __init__(self, what: str, *, package: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the package {package!r}: install it with pip install 'trackwright[{extra}]'."
        )
