"""Why a task is not rewritten."""

from dataclasses import dataclass

from trackwright_gen.location import Location


@dataclass(frozen=True, slots=True)
class Reason:
    """What stands in the way, and where."""

    text: str
    location: Location | None = None


class CannotRewriteError(Exception):
    """One use cannot be rewritten safely: then none is."""

    def __init__(self, text: str, location: Location | None = None) -> None:
        super().__init__(text)
        self.reason = Reason(text, location)
