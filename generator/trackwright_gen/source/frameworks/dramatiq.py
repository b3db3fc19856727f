"""Dramatiq: `@actor`, `actor(fn)` and a broker's own."""

import re
from collections.abc import Iterator

from trackwright_gen.source.callables import decorated, given
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\bdramatiq\b")
HINTS = (b"dramatiq",)
_ACTORS = frozenset({"dramatiq.actor", "dramatiq.actor.actor", "django_dramatiq.actor"})


def read_jobs(names: Resolver, module: Module) -> Iterator[Declaration]:
    """The actors of a module."""

    def is_ours(value: Value) -> bool:
        return external_name(value) in _ACTORS

    yield from decorated("dramatiq", names, module, is_ours)
    yield from given("dramatiq", names, module, is_ours, telling=("actor",), keywords=("fn",))
