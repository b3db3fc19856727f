"""Which names a spec may give, and what to say about the others."""

import re
from collections.abc import Callable, Mapping

from trackwright_gen.spec import model

_Advice = tuple[str, str | None]


def name_mistake(name: str, pattern: str) -> _Advice:
    """What is wrong with a name that does not match its pattern, and a name that would."""
    strange = next((character for character in name if ord(character) > 126), None)  # noqa: PLR2004 -- end of ASCII
    if strange is not None:
        return (
            f"{name!r} has the character U+{ord(strange):04X}; names are of ASCII letters, digits and _",
            None,
        )
    return _ADVICE[pattern](name)


def _domain(name: str) -> _Advice:
    longest = 37
    if len(name) > longest:
        problem = f"{name!r} has {len(name)} characters; a domain has at most {longest}"
        return problem, "the names made from it then fit PostgreSQL's 63 bytes"
    return _lower(name)


def _lower(name: str) -> _Advice:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    better = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    better = re.sub(r"^[0-9_]+", "", better)
    wanted = "a name is of lower-case letters, digits and _, and starts with a letter"
    return f"{name!r} is no name: {wanted}", f"for example {better!r}" if better else None


def _words(what: str, example: str) -> Callable[[str], _Advice]:
    return lambda name: (f"{name!r} is no {what}", f"for example {example!r}")


_ADVICE: Mapping[str, Callable[[str], _Advice]] = {
    model.DOMAIN_PATTERN: _domain,
    model.NAME_PATTERN: _lower,
    model.COLUMN_PATTERN: _words("column or table name of letters, digits and _", "etf_id"),
    model.CLASS_PATTERN: _words("class name", "EtfPriceUpdate"),
    model.REFERENCE_PATTERN: _words("reference of the form table.column", "etfs.id"),
    model.DOTTED_PATTERN: _words("importable name", "requests.ConnectionError"),
}
