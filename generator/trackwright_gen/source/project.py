"""A project as rules see it: its modules, its jobs with verdicts, its exemptions."""

import ast
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trackwright_gen.location import Location
from trackwright_gen.source.dispatches import Dispatches
from trackwright_gen.source.exemptions import AllExemptions, SettingsExemption
from trackwright_gen.source.files import Selection
from trackwright_gen.source.footprint import Footprint
from trackwright_gen.source.frameworks.celery import Celery
from trackwright_gen.source.frameworks.celery.result_backends import (
    BACKEND_HINTS,
    BACKEND_SHAPES,
    result_backends,
)
from trackwright_gen.source.frameworks.celery.signals import SIGNAL_HINTS, SIGNAL_SHAPES, handlers
from trackwright_gen.source.index import SourceIndex
from trackwright_gen.source.jobs import Declaration, Exemption, Job
from trackwright_gen.source.models import Models
from trackwright_gen.source.other_jobs import other_declarations
from trackwright_gen.source.parsing import Problem
from trackwright_gen.source.readings import Readings
from trackwright_gen.source.records import Records
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.search import Search
from trackwright_gen.source.standing import says_more, summary
from trackwright_gen.source.tables import Tables
from trackwright_gen.source.tracking import Tracking
from trackwright_gen.source.unresolved import Unresolved, unresolved_decorators

UNTRACKED, UNTRACKED_ELSEWHERE = "TW101", "TW102"
"""The codes that an exemption of a job names: for Celery, for other frameworks."""
_NOTHING: Mapping[Path, bytes] = {}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which names of the project mean something to the rules."""

    legacy_models: tuple[str, ...]
    tracking_markers: tuple[str, ...]
    today: dt.date
    jobs: int = 0
    """The most processes to use; 0: one for each core."""
    exemptions: tuple[SettingsExemption, ...] = ()
    specs: tuple[str, ...] = ()
    """Domains that have a spec."""
    known_names: frozenset[str] = frozenset()
    """Names that an earlier run over more files found to lead to jobs and legacy models."""
    check_syntax: bool = True
    """False where nobody wants to know which files without jobs are no Python."""


@dataclass(frozen=True, slots=True)
class SourceProject:
    """Everything that was read. `modules` are those that a rule may have something to say about."""

    modules: tuple[Module, ...]
    jobs: tuple[Job, ...]
    names: Resolver
    search: Search
    models: Models
    tables: Tables
    tracking: Tracking
    dispatches: Dispatches
    exemptions: AllExemptions
    specs: tuple[str, ...]
    today: dt.date
    problems_of: Callable[[], tuple[Problem, ...]]
    files: int
    unresolved: tuple[Unresolved, ...]
    all_parse: bool
    """False where files that hold no job are too many to be asked for syntax errors."""
    footprint_of: Callable[[], Footprint]
    """What the run depends on, rules included: to be asked when they are done."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or parsed so far: rules may lead to more files."""
        return self.problems_of()


def read_project(
    selection: Selection,
    options: ReadOptions,
    instead: Mapping[Path, bytes] = _NOTHING,
    readings: Readings | None = None,
) -> SourceProject:
    """Read a project: candidates by their bytes, then whatever their names lead to, until nothing is new.

    `instead` holds the bytes of files that are taken from there and not from the disk; `readings` what is
    known of contents from an earlier read.
    """
    index = SourceIndex(selection, instead, readings)
    resolver = Resolver(index)
    celery = Celery(resolver)
    models = Models(resolver, options.legacy_models)
    index.matching(celery.shapes, hints=celery.hints)
    leads = _follow_leads(index, celery, models, options.known_names)
    index.load_for_all(SIGNAL_SHAPES, hints=SIGNAL_HINTS)
    index.load_for_all(BACKEND_SHAPES, hints=BACKEND_HINTS)
    reported = frozenset(selection.reported)
    shown = reported | {path for path, _ in selection.odd}
    search = Search(index, resolver, reported)
    modules = tuple(module for module in index.modules if module.path in reported)
    exemptions = AllExemptions(search, options.exemptions)
    records = Records(resolver, models.is_legacy_class)
    tracking = Tracking(
        resolver,
        options.tracking_markers,
        records,
        tuple(handlers(resolver, index.modules)),
        tuple(result_backends(resolver, index.modules)),
    )
    declared = [*celery.declarations(index.modules, modules), *other_declarations(resolver, search)]
    jobs = _ordered(_job(each, tracking, exemptions, options.today) for each in declared)
    asked = selection.reported if options.check_syntax else ()
    all_parse = index.check_syntax(asked, jobs=options.jobs)
    unresolved = unresolved_decorators(resolver, modules, (job.location for job in jobs))
    return SourceProject(
        modules=modules,
        jobs=jobs,
        names=resolver,
        search=search,
        models=models,
        tables=Tables(resolver, search),
        tracking=tracking,
        dispatches=Dispatches(resolver, search, jobs),
        exemptions=exemptions,
        specs=options.specs,
        today=options.today,
        problems_of=lambda: tuple(each for each in index.problems if each.location.path in shown),
        files=len(reported),
        unresolved=tuple(unresolved),
        all_parse=all_parse,
        footprint_of=lambda: _footprint(index, leads, reported, jobs, is_divisible=not options.exemptions),
    )


@dataclass(frozen=True, slots=True)
class _Leads:
    """Names that lead to jobs and legacy models, and the files that gave any."""

    names: frozenset[str]
    given_by: frozenset[Path]


def _footprint(
    index: SourceIndex, leads: _Leads, reported: frozenset[Path], jobs: Iterable[Job], *, is_divisible: bool
) -> Footprint:
    whole = index.footprint
    jobs_in: dict[Path, list[Job]] = {
        path: []
        for path in whole.parsed & reported
        if path not in leads.given_by and not says_more(index.data(path))
    }
    for job in jobs:
        jobs_in.get(job.location.path, []).append(job)
    alone = {path: summary(found) for path, found in jobs_in.items() if path not in whole.for_all}
    return replace(whole, jobs_in=alone if is_divisible and index.is_divisible else {}, names=leads.names)


def _follow_leads(index: SourceIndex, celery: Celery, models: Models, known: frozenset[str]) -> _Leads:
    searched: set[str] = set(known)
    given_by: set[Path] = set()
    asked: set[Module] = set()
    names = set(models.names)
    celery.learn(known)
    models.learn(known)
    while names:
        touched = set(index.load_words(names))
        searched |= names
        celery.learn(names)
        # Names that are new may tell more of files that were asked before.
        fresh = [module for module in index.modules if module in touched or module not in asked]
        asked.update(fresh)
        found: set[str] = set()
        for module in fresh:
            leads = {*celery.leads(module), *models.leads(module)}
            given_by |= {module.path} if leads else set()
            found |= leads
        found |= _renamed(index.modules, searched | found)
        names = found - searched
    return _Leads(frozenset(searched), frozenset(given_by))


def _renamed(modules: Iterable[Module], names: set[str]) -> set[str]:
    """Names under which other names are imported and passed on."""
    return {
        each.alias.asname
        for module in modules
        for each in module.imports
        if each.alias.name in names and each.alias.asname
    }


def _job(declared: Declaration, tracking: Tracking, exemptions: AllExemptions, today: dt.date) -> Job:
    verdict = tracking.judge(declared)
    span, location = _head(declared), _location(declared)
    return Job(
        framework=declared.framework,
        name=declared.name,
        qualified_name=declared.qualified_name,
        location=location,
        span=span,
        declared_by=declared.declared_by,
        is_async=declared.is_async,
        bind=declared.bind,
        tracked=verdict.tracked,
        evidence=verdict.evidence,
        domain=verdict.domain,
        exemption=_exemption(exemptions, declared, location, span, today),
        declaration=declared,
        verdict=verdict,
    )


def _head(declared: Declaration) -> tuple[int, int]:
    """The rows from the first decorator to the colon before the body."""
    node = declared.node
    if isinstance(node, ast.Call):
        return node.lineno, node.end_lineno or node.lineno
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    for row in range(node.lineno, node.body[0].lineno):
        if declared.module.lines[row - 1].partition("#")[0].rstrip().endswith(":"):
            return first, row
    return first, node.lineno


def _location(declared: Declaration) -> Location:
    node = declared.node
    if isinstance(node, ast.Call):
        return declared.module.location(node)
    return declared.module.name_location(node)


def _exemption(
    exemptions: AllExemptions,
    declared: Declaration,
    location: Location,
    span: tuple[int, int],
    today: dt.date,
) -> Exemption | None:
    around = exemptions.covering(location.path, span, location.row, declared.qualified_name)
    code = UNTRACKED if declared.framework == "celery" else UNTRACKED_ELSEWHERE
    return next((each for each in around if each.covers(code, today)), None)


def _ordered(jobs: Iterable[Job]) -> tuple[Job, ...]:
    return tuple(sorted(jobs, key=lambda job: (job.location, job.name)))
