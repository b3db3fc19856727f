"""Dramatiq: `@actor`, `actor(fn)` and a broker's own."""

import re

from trackwright_gen.source.callables import Given, Ways
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\bdramatiq\b")
HINTS = (b"dramatiq",)
PACKAGES = frozenset({"dramatiq", "django_dramatiq"})
_ACTORS = frozenset({"dramatiq.actor", "dramatiq.actor.actor", "django_dramatiq.actor"})


def ways(_names: Resolver) -> Ways:
    """How Dramatiq is given its actors."""

    def is_ours(value: Value) -> bool:
        return external_name(value) in _ACTORS

    return Ways("dramatiq", is_ours, ("actor",), (Given(is_ours, ("actor",), keywords=("fn",)),))
