"""One answer to "which object is it?": found, several to choose from, or none, and what to say then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """An object that could be the one, and the place of its definition."""

    value: T
    at: Location


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was found; without a value, the errors say why and the candidates are those to choose from."""

    value: T | None
    candidates: tuple[Candidate[T], ...] = ()
    errors: tuple[ToolError, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, in the words of messages, and how the user names it."""

    what: str
    setting: str
    example: str
    advice: str

    def hint(self, example: str) -> str:
        """How to name the object in the settings or on the command line."""
        return f'name it: {self.setting} = "{example}" in the settings, or --{self.setting} {example}'


def only(
    candidates: Sequence[Candidate[T]], wanted: Wanted, *, preferred: Sequence[Candidate[T]] = ()
) -> Found[T]:
    """Choose the single candidate, or the single preferred one; else say what there is."""
    for choice in (preferred, candidates):
        if len(choice) == 1:
            return Found(choice[0].value, tuple(candidates))
    if not candidates:
        message = f"no {wanted.what} in the project's source"
        advice = f"{wanted.advice}; else {wanted.hint(wanted.example)}"
        return Found(None, (), (ToolError(message, hint=advice),))
    listed = "".join(f"\n    {candidate.value}  ({candidate.at})" for candidate in candidates)
    message = f"several objects could be the {wanted.what}:{listed}"
    # A session is shown with its kind behind its name.
    example = str(candidates[0].value).partition(" ")[0]
    return Found(None, tuple(candidates), (ToolError(message, hint=wanted.hint(example)),))
