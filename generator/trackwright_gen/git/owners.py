"""Who owns a path: CODEOWNERS as GitHub and GitLab read it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from trackwright_gen.git.owner_patterns import github_pattern, gitlab_pattern

Dialect = Literal["github", "gitlab"]
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""GitHub's three places in its order, then the one that only GitLab knows."""
_HEADING = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s.*)?)\Z")
_FIRST_SPACE = re.compile(r"(?<!\\)\s+")
_OWNER = re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*\Z|[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_COMMENT = re.compile(r"\s#")


@dataclass(frozen=True, slots=True)
class _Entry:
    path: re.Pattern[str]
    owners: tuple[str, ...]
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """The entries of a file, by section; GitHub's have one section."""

    place: str
    dialect: Dialect
    sections: tuple[tuple[_Entry, ...], ...]

    def of(self, path: str) -> tuple[str, ...]:
        """The owners of a path relative to the repository's root; empty if nobody owns it."""
        found = (owner for section in self.sections for owner in _owners_in(section, path))
        return tuple(dict.fromkeys(found))


def find_owners(read: Callable[[str], bytes | None]) -> CodeOwners | None:
    """The repository's owners; `read` gives a file's bytes by its path from the root, None where there is none."""
    for place in PLACES:
        data = read(place)
        if data is not None:
            text = data.decode("utf-8-sig", errors="replace")
            return owners_of_text(text, place, _dialect(text, place, read))
    return None


def owners_of_text(text: str, place: str, dialect: Dialect) -> CodeOwners:
    """Read a CODEOWNERS file; lines that the hosting service would refuse are left out, as there."""
    if dialect == "github":
        return CodeOwners(place, dialect, (tuple(_github_entries(text)),))
    return CodeOwners(place, dialect, _gitlab_sections(text))


def _dialect(text: str, place: str, read: Callable[[str], bytes | None]) -> Dialect:
    if place.startswith(".git"):
        return "gitlab" if place.startswith(".gitlab") else "github"
    has_sections = any(_HEADING.match(line.strip()) for line in text.splitlines())
    return "gitlab" if has_sections or read(".gitlab-ci.yml") is not None else "github"


def _owners_in(section: tuple[_Entry, ...], path: str) -> tuple[str, ...]:
    """The last entry that matches decides; what a section of GitLab's excludes stays out."""
    matching = [each for each in section if each.path.fullmatch(path)]
    if not matching or any(each.excludes for each in matching):
        return ()
    return matching[-1].owners


def _github_entries(text: str) -> Iterator[_Entry]:
    for line in _lines(text):
        pattern, *owners = _FIRST_SPACE.split(_COMMENT.split(line)[0].strip())
        path = github_pattern(pattern)
        if path is not None and all(map(_OWNER.match, owners)):
            yield _Entry(path, tuple(owners))


def _gitlab_sections(text: str) -> tuple[tuple[_Entry, ...], ...]:
    """Headings of the same name, in whatever case, are one section; each gives owners to what follows it."""
    sections: dict[str, list[_Entry]] = {"": []}
    here, owners = sections[""], tuple[str, ...]()
    for line in _lines(text):
        heading = _HEADING.match(line)
        if heading is not None:
            here = sections.setdefault(heading["name"].strip().casefold(), [])
            owners = _named(heading["owners"].split())
            continue
        pattern, *named = _FIRST_SPACE.split(line)
        excludes = pattern.startswith("!")
        path = gitlab_pattern(pattern.removeprefix("!"))
        here.append(_Entry(path, _named(named) or owners, excludes))
    return tuple(map(tuple, sections.values()))


def _named(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if _OWNER.match(word))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped
