"""The project's database, `postgresql` or `sqlite`, where a URL in its files shows it."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackwright_gen.project.alembic_config import AlembicConfig
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree

SCHEME = re.compile(r"(postgres(?:ql)?|sqlite)(?:\+\w+)?(?:://|$)")
NAMES = {"postgres": "postgresql", "postgresql": "postgresql", "sqlite": "sqlite"}
ENV_FILES = (".env", ".env.example", ".env.sample", ".env.dist", "env.example")


def find_dialect(tree: SourceTree, config: AlembicConfig | None, env: SourceFile | None) -> str | None:
    """The dialect of the first place that names exactly one: engines, Alembic, settings, .env files."""
    # An env.py that sets the URL itself leaves a placeholder in alembic.ini.
    is_placeholder = env is None or "sqlalchemy.url" in _strings([env])
    places: list[Iterable[str]] = [
        _strings(tree.mentioning(b"create_engine", b"create_async_engine")),
        [config.url or ""] if config and not is_placeholder else [],
        _strings(tree.mentioning(b"postgres", b"sqlite")),
        *(_assigned_in(tree.root / name) for name in ENV_FILES),
    ]
    for texts in places:
        dialects = {NAMES[match[1]] for text in texts if (match := SCHEME.match(text))}
        if len(dialects) == 1:
            return dialects.pop()
    return None


def _strings(sources: Iterable[SourceFile]) -> Iterator[str]:
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _assigned_in(path: Path) -> list[str]:
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.partition("=")[2].strip().strip("\"'") for line in lines]
