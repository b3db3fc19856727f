"""A Python source as rows of text, and where the parser's nodes lie in it."""

import ast
from dataclasses import dataclass
from itertools import accumulate

from trackwright_gen.merge.sequence import Unmergeable


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, counted from 1; each ends with a newline, the last one too.

    Characters that end a row for others than the parser (U+2028) belong to the text.
    """

    text: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Rows":
        """Split a text.

        Raises:
            Unmergeable: the parser would count its rows differently.
        """
        if "\r" in text or "\f" in text:
            raise Unmergeable
        lines = tuple(f"{part}\n" for part in text.removesuffix("\n").split("\n"))
        return cls("".join(lines), lines, (0, *accumulate(len(line) for line in lines)))

    def start(self, row: int) -> int:
        """The offset at which a row begins."""
        return self.starts[row - 1]

    def between(self, first: int, last: int) -> str:
        """The text of rows, both ends included."""
        return "".join(self.lines[first - 1 : last])

    def indent(self, row: int) -> str:
        """The white space that a row begins with."""
        line = self.lines[row - 1]
        return line[: len(line) - len(line.lstrip())] if line.strip() else ""

    def is_comment(self, row: int) -> bool:
        """Whether a row holds nothing but a comment."""
        return self.lines[row - 1].lstrip().startswith("#")

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """The offsets between which a node lies."""
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset),
        )

    def _offset(self, row: int, column: int) -> int:
        """The offset of a row and a column, which the parser counts in bytes."""
        return self.starts[row - 1] + len(self.lines[row - 1].encode()[:column].decode())
