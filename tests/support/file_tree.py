"""Projects written out in the body of a test."""

from pathlib import Path
from textwrap import dedent


def write_tree(root: Path, files: dict[str, str]) -> Path:
    """Write files, their text dedented, and give the root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return root
