"""Jinja filters through which a spec's text gets into code: it never becomes code by pasting."""

import textwrap

from jinja2 import Environment
from jinja2.ext import Extension

_WIDTH = 84


def py(value: object) -> str:
    """A Python literal."""
    return repr(value)


def docstring(text: str) -> str:
    r"""Text for inside triple double quotes: no quote or backslash of it ends or escapes anything."""
    safe = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return safe.replace('\\"', '"') if '\\"\\"' not in safe and not safe.endswith('"') else safe


def comment(text: str) -> str:
    """Text for after a `#`: on one line."""
    return " ".join(text.split())


def wrapped(text: str, indent: int = 4) -> str:
    """Prose broken into lines that continue at an indentation."""
    return f"\n{' ' * indent}".join(textwrap.wrap(text, _WIDTH - indent, break_long_words=False)) or text


def sentence(text: str) -> str:
    """Text that ends with a full stop."""
    bare = " ".join(text.split())
    return bare if bare.endswith((".", "!", "?")) else f"{bare}."


class TrackwrightFilters(Extension):
    """The filters for any Jinja environment; copier loads it by the name that copier.yml gives."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(
            {"py": py, "docstring": docstring, "comment": comment, "wrapped": wrapped, "sentence": sentence}
        )
