"""Jobs of all frameworks but Celery: each framework is one module with SHAPES, HINTS, PACKAGES and `ways`."""

from collections.abc import Iterator
from types import ModuleType

from trackwright_gen.registry import discover
from trackwright_gen.source import frameworks
from trackwright_gen.source.callables import Callables
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.search import Search


def other_declarations(resolver: Resolver, search: Search) -> Iterator[Declaration]:
    """All jobs that another framework than Celery runs."""
    for framework in discover(frameworks):
        if hasattr(framework, "ways"):
            jobs = Callables(resolver, framework.ways(resolver))
            for module in _modules(framework, jobs, search):
                yield from jobs.of(module)


def _modules(framework: ModuleType, jobs: Callables, search: Search) -> tuple[Module, ...]:
    """The modules that can hold jobs: by their bytes, or by the name of a function that wraps the framework."""
    found = dict.fromkeys(search.everywhere(framework.SHAPES, hints=framework.HINTS))
    known: set[str] = set()
    fresh = tuple(found)
    while fresh:
        ours = [each for each in fresh if each.imported_packages & framework.PACKAGES]
        new = {name for module in ours for name in jobs.wrappers_in(module)} - known
        known |= new
        jobs.learn(new)
        # Names that are new may tell more of modules that were asked before.
        fresh = search.everywhere_named(new) if new else ()
        found |= dict.fromkeys(fresh)
    return search.reported(found)
