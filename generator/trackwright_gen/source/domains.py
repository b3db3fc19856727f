"""Which domain a tracking model belongs to: what its table's name says."""

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, Text

_SUFFIXES = ("_task_tracking", "_tracking")


def domain_of_model(resolver: Resolver, model: Scope) -> str | None:
    """The domain in `{domain}_task_tracking`; None for a model whose table has another name."""
    for value in resolver.attribute(ClassValue(model), "__tablename__"):
        if isinstance(value, Text):
            for suffix in _SUFFIXES:
                if value.text.endswith(suffix):
                    return value.text.removesuffix(suffix)
    return None
