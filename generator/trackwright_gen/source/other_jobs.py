"""Jobs of all frameworks but Celery: each framework is one module with SHAPES, HINTS and `read_jobs`."""

from collections.abc import Iterator

from trackwright_gen.registry import discover
from trackwright_gen.source import frameworks
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.search import Search


def other_declarations(resolver: Resolver, search: Search) -> Iterator[Declaration]:
    """All jobs that another framework than Celery runs."""
    for framework in discover(frameworks):
        if hasattr(framework, "read_jobs"):
            for module in search.modules(framework.SHAPES, hints=framework.HINTS):
                yield from framework.read_jobs(resolver, module)
