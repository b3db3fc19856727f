"""A spec file's text: read within limits, free of characters that deceive, with places and excerpts."""

import re
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location

LARGEST = 1_000_000
_EXCERPT = 160
"""Characters of a line that are worth showing."""
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_BREAKS = re.compile(r"\r\n|\n|\r")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text: 0-based lines and columns, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class SpecSource:
    """A spec's text and its lines."""

    path: Path
    text: str
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "SpecSource":
        """Read a file.

        Raises:
            ToolError: it cannot be read, is too large or no UTF-8.
            ToolErrors: it has characters that are not seen or change what is seen.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ToolError(f"cannot be read: {error.strerror}", at=Location(path)) from error
        if len(data) > LARGEST:
            raise ToolError(f"the spec has {len(data)} bytes; at most {LARGEST} are read", at=Location(path))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
            raise ToolError(
                f"byte 0x{data[error.start]:02x} is no UTF-8",
                at=Location(path, row),
                hint="save the file as UTF-8",
            ) from None
        return cls.of(path, text)

    @classmethod
    def of(cls, path: Path, text: str) -> "SpecSource":
        """Take a text that is at hand, as if it stood in that file."""
        source = cls(path, text, tuple(_BREAKS.split(text)))
        if errors := source._deceiving():
            raise ToolErrors(errors)
        return source

    def location(self, span: Span) -> Location:
        """The place of a span, for messages."""
        return Location(
            self.path,
            span.line + 1,
            span.column + 1,
            end_row=span.end_line + 1,
            end_column=span.end_column + 1,
        )

    def error(self, span: Span, message: str, hint: str | None = None) -> ToolError:
        """An error at a span, with the source line under it."""
        return ToolError(message, at=self.location(span), hint=hint, excerpt=self._excerpt(span))

    def _excerpt(self, span: Span) -> str | None:
        if span.line >= len(self.lines) or not self.lines[span.line].strip():
            return None
        line = self.lines[span.line]
        end = span.end_column if span.end_line == span.line else len(line.rstrip())
        start = max(0, span.column - _EXCERPT // 2) if len(line) > _EXCERPT else 0
        shown = line[start : start + _EXCERPT]
        lead = "".join("\t" if character == "\t" else " " for character in line[start : span.column])
        marks = "^" * max(1, min(end, start + len(shown)) - span.column)
        number = str(span.line + 1)
        return f"  {number} | {shown}\n  {' ' * len(number)} | {lead}{marks}"

    def _deceiving(self) -> list[ToolError]:
        errors: list[ToolError] = []
        for number, line in enumerate(self.lines):
            if found := _FORBIDDEN.search(line):
                span = Span(number, found.start(), number, found.end())
                message, hint = deceiving_character(found.group())
                errors.append(ToolError(message, at=self.location(span), hint=hint))
        return errors


def deceiving_character(character: str) -> tuple[str, str]:
    """What is wrong with a forbidden character, and what to do."""
    kind = "text direction control" if character in _BIDI else "control or invisible character"
    return f"U+{ord(character):04X} is a {kind}, which a spec may not contain", "delete it"


def forbidden_in(value: str) -> str | None:
    """The first forbidden character of a value that escapes may have brought in."""
    found = _FORBIDDEN.search(value)
    return found.group() if found else None
