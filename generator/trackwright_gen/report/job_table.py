"""Jobs for people: one row each, then how many are tracked."""

from pathlib import Path

from trackwright_gen.report.text import shown
from trackwright_gen.source.jobs import Job

_HEADS = ("task", "place", "declared by", "tracked", "domain", "evidence")


def table(jobs: tuple[Job, ...], folder: Path) -> str:
    """All jobs in columns as wide as their longest entry."""
    if not jobs:
        return "No background jobs found."
    rows = [_HEADS, *(_row(job, folder) for job in jobs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", _closing(jobs)])


def _row(job: Job, folder: Path) -> tuple[str, ...]:
    place = f"{shown(job.location.path, folder)}:{job.location.row}"
    evidence = ", ".join(dict.fromkeys(each.what for each in job.evidence))
    return (job.name, place, job.declared_by, _tracked(job), job.domain or "-", evidence or "-")


def _tracked(job: Job) -> str:
    if job.tracked:
        return "yes"
    return job.exemption.kind if job.exemption else "no"


def _closing(jobs: tuple[Job, ...]) -> str:
    tracked = sum(job.tracked for job in jobs)
    exempt = sum(not job.tracked and job.exemption is not None for job in jobs)
    untracked = len(jobs) - tracked - exempt
    return f"{len(jobs)} jobs: {tracked} tracked, {untracked} untracked, {exempt} exempt."
