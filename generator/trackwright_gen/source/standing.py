"""What a file is to others: nothing but the jobs in it, or more than that."""

import ast
import re
from collections.abc import Iterable

from trackwright_gen.source.jobs import Job

_SAYS_MORE = re.compile(
    # Jobs and schedules by name, and what makes tasks of other files' classes and functions.
    rb"\bsend_task\b|\.tasks\s*\[|\bsignature\b|\bsubtask\b|beat_schedule|BEAT_SCHEDULE"
    rb"|\bregister_task\b|\btasks\.register\b|\bbase\s*=|__init_subclass__|\.connect\b|celery(?:_results)?\.backends\b"
    # Tables that other tables, jobs and services are held to.
    rb"|_tracking['\"]|^[ \t]*class[ \t]+\w*Track\w*[ \t]*\(|TaskTracking|__abstract__",
    re.MULTILINE,
)


def says_more(data: bytes) -> bool:
    """True if a file may be more to others than the jobs in it."""
    return _SAYS_MORE.search(data) is not None


def summary(jobs: Iterable[Job]) -> str:
    """All that the findings of another file can depend on in some jobs."""
    return "\n".join(sorted(map(_summary, jobs)))


def _summary(job: Job) -> str:
    verdict = job.verdict
    options = [(each.name, ast.unparse(each.value)) for each in job.declaration.options]
    return repr(
        (
            *(job.framework, job.name, job.qualified_name, job.declared_by, job.is_async, job.bind),
            *(job.tracked, job.domain, verdict.declared, sorted(verdict.reached), options),
        )
    )
