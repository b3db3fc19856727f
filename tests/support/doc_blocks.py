"""The fenced blocks of a Markdown page, and what a page says about them in comments.

    <!-- docs: project none -->         the page starts in an empty folder, not in the example project
    <!-- docs: postgresql -->           its project is on PostgreSQL
    <!-- docs: background -->           (before a console block) its command runs until the page ends
    <!-- docs: shown -->                (before a block) not run: a command has to parse, a file to be well-formed
    <!-- docs: exits 1 -->              (before a console block) its commands end with 1, or 2, not with 0
    <!-- docs: excerpt -->              (before a titled block) the project's file has these lines already

A block with a title is that file of the project.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PART = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=fence) *$"
    r"|<!-- docs: (?P<note>.+?) -->",
    re.DOTALL | re.MULTILINE,
)
_TITLE = re.compile(r'title="([^"]+)"')
_ABOUT_THE_BLOCK = {"background", "shown", "excerpt", "exits 1", "exits 2"}


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    line: int
    language: str
    title: str | None
    text: str
    notes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its blocks in order, and what it says about itself."""

    path: Path
    notes: frozenset[str]
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The page's path inside the repository."""
        return self.path.relative_to(ROOT).as_posix()


def read_page(path: Path) -> Page:
    """Take a page apart."""
    source = path.read_text(encoding="utf-8")
    blocks: list[Block] = []
    page_notes: set[str] = set()
    pending: set[str] = set()
    for part in _PART.finditer(source):
        note = part["note"]
        if note is not None:
            (pending if note in _ABOUT_THE_BLOCK else page_notes).add(note)
            continue
        indent = len(part["indent"])
        text = "".join(line[indent:] for line in part["text"].splitlines(keepends=True))
        language, _, rest = part["info"].strip().partition(" ")
        title = _TITLE.search(rest)
        line = source.count("\n", 0, part.start()) + 1
        blocks.append(Block(line, language, title and title[1], text, frozenset(pending)))
        pending.clear()
    return Page(path, frozenset(page_notes), tuple(blocks))
