"""Merge three texts: Python by its members; else git's own merge where git is installed, else lines in Python."""

import ast
import shutil
import subprocess
import tempfile
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.merge.by_member import merge_members
from trackwright_gen.merge.decide import Merged
from trackwright_gen.merge.lines import marked_whole, merge_lines
from trackwright_gen.merge.renamed_members import renamed_members, with_names

YOURS, BASE, GENERATED = "yours", "generated before", "generated now"
_MOST_CONFLICTS = 127
"""git merge-file's exit status: 0 clean, up to this the number of conflicts, above it an error."""
_USAGE = 129


def merge_file(path: Path, base: str, new: str, yours: str) -> Merged:
    """Put the generator's and the user's changes of a file into one text.

    Raises:
        ToolError: git failed.
    """
    if path.suffix != ".py":
        return merge_texts(base, new, yours)
    if (merged := merge_members(base, new, yours, merge_texts)) is not None:
        return (_merged_as_renamed(base, new, yours) or merged) if merged.conflicts else merged
    merged = merge_texts(base, new, yours)
    if not merged.conflicts and not _parses(merged.text) and _parses(new) and _parses(yours):
        # Lines that went together where the statements they belong to do not.
        return Merged(marked_whole(base, new, yours), conflicts=True)
    return merged


def _merged_as_renamed(base: str, new: str, yours: str) -> Merged | None:
    """The merge of texts that call what is generated under another name by that name; None where they still meet."""
    try:
        renames = renamed_members(base, new, yours)
        if not renames:
            return None
        before, own = (with_names(text, renames, base) for text in (base, yours))
        merged = merge_members(before, new, own, merge_texts)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return None if merged is None or merged.conflicts else merged


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def merge_texts(base: str, new: str, yours: str) -> Merged:
    """Put the generator's and the user's changes into one text; where they meet, both between markers.

    Raises:
        ToolError: git failed.
    """
    git = shutil.which("git")
    return merge_lines(base, new, yours) if git is None else _by_git(git, base=base, new=new, yours=yours)


def _by_git(git: str, *, base: str, new: str, yours: str) -> Merged:
    with tempfile.TemporaryDirectory(prefix="trackwright-merge-") as folder:
        files = []
        for name, text in (("yours", yours), ("base", base), ("new", new)):
            file = Path(folder, name)
            file.write_text(text, encoding="utf-8", newline="\n")
            files.append(str(file))
        labels = [part for label in (YOURS, BASE, GENERATED) for part in ("-L", label)]
        done = _run(git, "--zdiff3", labels, files)
        if done.returncode == _USAGE:  # git before 2.35 does not know zdiff3
            done = _run(git, "--diff3", labels, files)
    if done.returncode > _MOST_CONFLICTS or done.returncode < 0:
        raise ToolError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
    return Merged(done.stdout.decode("utf-8"), conflicts=done.returncode > 0)


def _run(git: str, style: str, labels: list[str], files: list[str]) -> subprocess.CompletedProcess[bytes]:
    command = [git, "merge-file", "-p", style, *labels, *files]
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- git, on our own files
