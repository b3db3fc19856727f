"""The closed set of ways in which a generated file meets the user's tree."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Create:
    """A file that is not there yet."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Update:
    """A file whose new text holds what is generated now and every edit of the user."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """A file that is generated under another path from now on; the text holds every edit of the user."""

    path: Path
    old: Path
    text: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A file that stays as it is; the reason is for the user where it is not simply up to date."""

    path: Path
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delete:
    """A file that is generated no more and that nobody edited."""

    path: Path


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file in which generated and edited lines meet; the text has both between conflict markers.

    Attributes:
        path: the file.
        text: what to write, or None where markers of an earlier conflict are still in the file.
    """

    path: Path
    text: str | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of somebody else's in the place of a generated one; it must not be touched."""

    path: Path


Outcome: TypeAlias = Create | Update | Move | Keep | Delete | Conflict | Foreign
