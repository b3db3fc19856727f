"""Comments that excuse findings: `# trackwright: exempt[TW101] reason="..."` and `# noqa: TW101`."""

import datetime as dt
import difflib
import fnmatch
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.search import Search

_OWN = re.compile(
    r"#\s*trackwright:\s*(?P<kind>[\w-]*)\s*(?P<codes>\[[^\]]*\])?(?P<rest>[^\n]*)", re.IGNORECASE
)
_NOQA = re.compile(r"#\s*noqa\b(?P<colon>:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_FIELD = re.compile(
    r"""\s*(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'#]+))"""
)
_WANTED = re.compile(r"#.*(?:trackwright:|noqa)", re.IGNORECASE)
_IN_BYTES = re.compile(rb"#[^\n]*(?:trackwright:|noqa\b[^\n]*\bTW\d)", re.IGNORECASE)
_FIELDS = ("reason", "approved-by", "ticket", "until", "adapts")
_KINDS: Mapping[str, Literal["exempt", "temporary", "external"]] = {
    "exempt": "exempt",
    "temporary": "temporary",
    "external": "external",
}


@dataclass(frozen=True, slots=True)
class Malformed:
    """A comment that wants to be an exemption and is none."""

    row: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class SettingsExemption:
    """An exemption of the settings: for the findings under a path, or of what has a qualified name."""

    location: Location
    exemption: Exemption
    paths: tuple[Path, str] | None
    """A folder and a pattern of paths relative to it."""
    name: str | None

    def is_for(self, path: Path, task: str | None) -> bool:
        """True if a finding in a file, about a task, is meant."""
        if self.paths is not None:
            folder, pattern = self.paths
            if not path.is_relative_to(folder):
                return False
            relative = path.relative_to(folder)
            return any(fnmatch.fnmatch(str(each), pattern) for each in (relative, *relative.parents[:-1]))
        return self.name is not None and task is not None and fnmatch.fnmatchcase(task, self.name)


def read_comment(text: str, row: int, column: int) -> Exemption | Malformed | None:
    """The exemption in a comment, if it has one."""
    own = _OWN.search(text)
    if own is not None:
        return _own(own, row, column + own.start())
    noqa = _NOQA.search(text)
    if noqa is None:
        return None
    codes = tuple(re.findall(r"[A-Z]+[0-9]+", (noqa["codes"] or "").upper()))
    start = column + noqa.start()
    return Exemption(kind="noqa", codes=codes, line=row, column=start, end_column=column + noqa.end())


def _own(match: re.Match[str], row: int, column: int) -> Exemption | Malformed:
    kind = _KINDS.get(match["kind"].lower())
    if kind is None:
        near = difflib.get_close_matches(match["kind"], _KINDS, n=1)
        hint = f"did you mean `{near[0]}[...]`?" if near else f"write one of {', '.join(_KINDS)}"
        return Malformed(row, column, f"unknown kind of exemption {match['kind']!r}; {hint}")
    codes = tuple(code for code in re.split(r"[,\s]+", (match["codes"] or "").strip("[]").upper()) if code)
    if not codes or not all(re.fullmatch(r"TW\d{3}", code) for code in codes):
        return Malformed(row, column, f"an exemption names its rules, as in `{kind}[TW101]`")
    fields = _fields(match["rest"])
    if isinstance(fields, str):
        return Malformed(row, column, fields)
    until = _date(fields.get("until"))
    if isinstance(until, str):
        return Malformed(row, column, until)
    return Exemption(
        kind=kind,
        codes=codes,
        line=row,
        column=column,
        end_column=column + len(match[0].rstrip()),
        reason=fields.get("reason"),
        approved_by=fields.get("approved-by"),
        ticket=fields.get("ticket"),
        until=until,
        adapts=fields.get("adapts"),
    )


def _fields(text: str) -> dict[str, str] | str:
    fields: dict[str, str] = {}
    position = 0
    while match := _FIELD.match(text, position):
        name = match["name"].lower()
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            return f"unknown field {name!r} in an exemption{hint}"
        fields[name] = match["double"] or match["single"] or match["bare"] or ""
        position = match.end()
    rest = text[position:].strip()
    if rest and not rest.startswith("#"):
        return f'cannot read {rest!r} in an exemption; fields are written reason="..."'
    return fields


def _date(text: str | None) -> dt.date | str | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return f"until={text} is no date; write it as 2027-03-31"


class Exemptions:
    """The exemptions of one module, by the rows they stand on."""

    def __init__(self, module: Module) -> None:
        self._path = module.path
        self._lines = module.lines
        self._by_row: dict[int, Exemption] = {}
        self.malformed: list[Malformed] = []
        for row, column, text in _comments(module.lines):
            self._add(read_comment(text, row, column))

    def _add(self, found: Exemption | Malformed | None) -> None:
        if isinstance(found, Malformed):
            self.malformed.append(found)
        elif found is not None:
            self._by_row[found.line] = replace(found, path=self._path)

    @property
    def all(self) -> tuple[Exemption, ...]:
        """All exemptions of the file."""
        return tuple(self._by_row.values())

    def around(self, span: tuple[int, int], row: int) -> list[Exemption]:
        """The exemptions on the rows of a finding, and in the comment directly above them.

        A bare noqa speaks for its own row only: inside a long decorator it meant another linter.
        """
        first, last = span
        while first > 1 and self._lines[first - 2].lstrip().startswith("#"):
            first -= 1
        found = (self._by_row[each] for each in range(first, last + 1) if each in self._by_row)
        return [each for each in found if each.codes or each.line == row]


class AllExemptions:
    """The exemptions of all files, each file's read when a finding asks: most files have none."""

    def __init__(self, search: Search, settings: Sequence[SettingsExemption] = ()) -> None:
        self._search = search
        self._read: dict[Path, Exemptions] = {}
        self.settings = tuple(settings)

    def of(self, path: Path) -> Exemptions | None:
        """The exemptions written in a file."""
        if path not in self._read:
            module = self._search.module(path)
            if module is None:
                return None
            self._read[path] = Exemptions(module)
        return self._read[path]

    def covering(self, path: Path, span: tuple[int, int], row: int, task: str | None) -> list[Exemption]:
        """All exemptions around a finding: in comments, and in the settings by path or qualified name."""
        written = self.of(path)
        return [
            *(written.around(span, row) if written is not None else ()),
            *(each.exemption for each in self.settings if each.is_for(path, task)),
        ]

    def malformed(self) -> Iterator[tuple[Path, Malformed]]:
        """All comments that want to be exemptions and are none."""
        for module in self._modules():
            found = self.of(module.path)
            yield from ((module.path, each) for each in (found.malformed if found else ()))

    def written(self) -> Iterator[tuple[Location, Exemption]]:
        """All exemptions that name our rules, and where they are written."""
        for module in self._modules():
            found = self.of(module.path)
            for each in found.all if found else ():
                if any(code.startswith("TW") for code in each.codes):
                    yield Location(module.path, each.line, each.column, each.line, each.end_column), each
        yield from ((each.location, each.exemption) for each in self.settings)

    def _modules(self) -> Iterator[Module]:
        return self._search.modules(_IN_BYTES, hints=(b"trackwright:", b"TW"))


def _comments(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of the comments that could matter; what only looks like one in a text is none."""
    wanted = [(row, match) for row, text in enumerate(lines, start=1) if (match := _WANTED.search(text))]
    if not wanted:
        return
    real = _real_comments(lines)
    for row, match in wanted:
        if real is None:
            yield row, match.start() + 1, match.string[match.start() :]
        elif row in real:
            column, text = real[row]
            yield row, column, text


def _real_comments(lines: Sequence[str]) -> dict[int, tuple[int, str]] | None:
    """All comments by row; None where the tokens of newer syntax cannot be read."""
    source = iter([f"{line}\n" for line in lines])
    try:
        return {
            token.start[0]: (token.start[1] + 1, token.string)
            for token in tokenize.generate_tokens(lambda: next(source, ""))
            if token.type == tokenize.COMMENT
        }
    except (tokenize.TokenError, SyntaxError):
        return None
