"""Patterns of CODEOWNERS as regular expressions: GitHub's and GitLab's read alike and mean different things."""

import re
from functools import cache

_SEGMENT = {"*": "[^/]*", "?": "[^/]"}
_WITH_SETS = re.compile(r"\\.|\[[^\]/]+\]|.", re.DOTALL)


@cache
def github_pattern(pattern: str) -> re.Pattern[str] | None:
    """A pattern of GitHub's: as in .gitignore, but for `!`, `[...]` and `***`, which it refuses (None).

    `docs/*` means what lies directly in docs; `docs` and `docs/` mean all below it.
    """
    if pattern.startswith(("!", "\\#")) or "***" in pattern or re.search(r"(?<!\\)\[", pattern):
        return None
    if pattern == "/":
        return re.compile(r"(?!)")
    anchored = "/" in pattern.rstrip("/")
    segments = pattern.removeprefix("/").split("/")
    if not anchored and segments[0] != "**":
        segments.insert(0, "**")
    if segments[-1] == "":
        segments[-1] = "**"
    *above, last = segments
    # A folder's name stands for all below it, but a lone `*` at the end for one level.
    ending = ".+" if last == "**" else _text(last) + ("" if last == "*" else "(?:/.*)?")
    return re.compile("".join(map(_folder, above)) + ending, re.DOTALL)


@cache
def gitlab_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of GitLab's, which is Ruby's `File.fnmatch`: a path without a leading slash is meant at any depth.

    `docs` is a file of that name; a folder is written `docs/`.
    """
    text = "/**/*" if pattern == "*" else pattern.removeprefix("\\") if pattern.startswith("\\#") else pattern
    text = text if text.startswith("/") else f"/**/{text}"
    text = f"{text}**/*" if text.endswith("/") else text
    *above, last = text.removeprefix("/").split("/")
    return re.compile("".join(map(_folder, above)) + _text(last, sets=True), re.DOTALL)


def _folder(segment: str) -> str:
    return "(?:.+/)?" if segment == "**" else f"{_text(segment, sets=True)}/"


def _text(segment: str, *, sets: bool = False) -> str:
    parts = _WITH_SETS.findall(segment.replace("**", "*"))
    if segment == "*":
        return "[^/]+"
    return "".join(_part(each, sets=sets) for each in parts)


def _part(part: str, *, sets: bool) -> str:
    if part in _SEGMENT:
        return _SEGMENT[part]
    if sets and part.startswith("[") and part.endswith("]"):
        inner = part[1:-1].replace("\\", r"\\")
        return f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]"
    return re.escape(part.removeprefix("\\") if part.startswith("\\") and len(part) > 1 else part)
