"""The trend of an audit, with what earlier runs counted kept beside the project: commits do not change."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import click

from trackwright_gen import audit as audit_package
from trackwright_gen import lint as lint_package
from trackwright_gen import source as source_package
from trackwright_gen.audit.counting import Figures
from trackwright_gen.audit.trend import Point, trend
from trackwright_gen.cli.audit_sources import AuditSources
from trackwright_gen.cli.lint_cache import FOLDER, own_files
from trackwright_gen.git.history import Commit
from trackwright_gen.git.repository import Repository
from trackwright_gen.write.cache_file import read_cache, write_cache


def trend_of(
    sources: AuditSources, repository: Repository, commits: tuple[Commit, ...], *, use_cache: bool
) -> tuple[Point, ...]:
    """The figures of commits, oldest first; a bar shows the progress where somebody looks on."""
    # A bare repository is no place for files of ours.
    keep = use_cache and repository.worktree is not None
    file = sources.root / FOLDER / f"audit-{_key(sources)}.json"
    known = _restored(read_cache(file)) if keep else {}
    fresh = sum(each.id not in known for each in commits)
    with _progress(fresh) as report:
        points = tuple(trend(repository, commits, sources.scope, sources.options, known=known, report=report))
    if keep and fresh:
        write_cache(
            file, {**_dumped(known), **_dumped({each.commit: each.figures for each in points if each.commit})}
        )
    return points


def _dumped(figures: dict[str, Figures]) -> dict[str, dict[str, int]]:
    return {commit: asdict(each) for commit, each in figures.items()}


def _restored(content: Any) -> dict[str, Figures]:
    try:
        return {commit: Figures(**each) for commit, each in content.items()}
    except (AttributeError, TypeError):
        return {}


def _key(sources: AuditSources) -> str:
    """What the figures of a commit depend on besides its tree."""
    parts = [
        version("trackwright"),
        *own_files(audit_package, lint_package, source_package),
        sources.settings.model_dump_json(),
        str(sources.scope.folder),
    ]
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()


@contextmanager
def _progress(commits: int) -> Iterator[Callable[[int], None]]:
    if not commits or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=commits, label="History", file=sys.stderr, show_pos=True) as bar:
        yield bar.update
