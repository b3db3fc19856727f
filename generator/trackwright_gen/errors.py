"""What can go wrong in the tool itself: one message with the place, what is wrong and what to do."""

from collections.abc import Iterable

from trackwright_gen.location import Location


class ToolError(Exception):
    """The tool could not do its work (exit code 2).

    Attributes:
        message: what is wrong, one sentence.
        at: the place in the user's file, where there is one.
        hint: what to do about it.
        excerpt: the source line with the place marked under it.
    """

    def __init__(
        self,
        message: str,
        *,
        at: Location | None = None,
        hint: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint
        self.excerpt = excerpt

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        excerpt = f"\n{self.excerpt}" if self.excerpt else ""
        advice = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.message}{excerpt}{advice}"


class ToolErrors(Exception):
    """Several mistakes of one input, reported together."""

    def __init__(self, errors: Iterable[ToolError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class MissingExtraError(ToolError):
    """A command needs packages of an extra that is not installed."""

    def __init__(self, command: str, *, package: str, extra: str) -> None:
        super().__init__(
            f"`trackwright {command}` needs the package {package!r}, which is not installed.",
            hint=f"install it with: pip install 'trackwright[{extra}]'",
        )
