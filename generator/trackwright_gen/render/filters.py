"""Jinja filters through which a spec's text gets into code: it never becomes code by pasting."""

import textwrap

from jinja2 import Environment
from jinja2.ext import Extension

_WIDTH = 84
_INDENT = "    "
_QUOTES = '"""'
_SUMMARY = _WIDTH - len(_INDENT) - 2 * len(_QUOTES)


def py(value: object) -> str:
    """A Python literal."""
    return repr(value)


def docstring(text: str, more: str = "") -> str:
    r"""A docstring, quotes included: a summary that fits one line, then the rest of the text, then more.

    No quote of the text ends it, and no backslash escapes: one makes it raw.
    """
    summary, rest = _summary(sentence(text))
    paragraphs = [wrapped(part) for part in (rest, *more.split("\n\n")) if part.strip()]
    body = f"\n\n{_INDENT}".join([summary, *paragraphs]).replace(_QUOTES, "'''")
    opening = f"r{_QUOTES}" if "\\" in body else _QUOTES
    return f"{opening}{body}\n{_INDENT}{_QUOTES}" if paragraphs else f"{opening}{body}{_QUOTES}"


def _summary(text: str) -> tuple[str, str]:
    """The text's first sentence, and the rest; a sentence of several lines becomes the rest, under its beginning."""
    if len(text) <= _SUMMARY:
        return text, ""
    first, full_stop, rest = text.partition(". ")
    if full_stop and len(first) < _SUMMARY:
        return f"{first}.", rest
    return textwrap.shorten(text, _SUMMARY, placeholder="..."), text


def comment(text: str) -> str:
    """Text for after a `#`: on one line."""
    return " ".join(text.split())


def wrapped(text: str) -> str:
    """Prose broken into lines that continue at a body's indentation."""
    width = _WIDTH - len(_INDENT)
    return f"\n{_INDENT}".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def sentence(text: str) -> str:
    """Text that ends with a full stop."""
    bare = " ".join(text.split())
    return bare if bare.endswith((".", "!", "?")) else f"{bare}."


class TrackwrightFilters(Extension):
    """The filters for any Jinja environment; copier loads it by the name that copier.yml gives."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(
            {"py": py, "docstring": docstring, "comment": comment, "sentence": sentence}
        )
