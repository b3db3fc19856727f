"""Pieces of Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what would end a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def code(text: object) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if text is not None and text != "" else ""


def section(level: int, title: str, *parts: str) -> str:
    """A heading and what stands under it."""
    return "\n".join([f"{'#' * level} {title}\n", *(part for part in parts if part)])
