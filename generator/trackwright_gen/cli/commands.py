"""The table of commands. A command's module is imported only when the command is called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """Where a command lives (`module.command`), which extra it needs, and its line in --help."""

    module: str
    extra: str
    summary: str


_LINT = ("libcst", "rich", "yaml")
_GENERATOR = ("alembic", "copier", "jinja2", "libcst", "rich", "ruff", "yaml")
_CELERY = ("celery", "rich")
PACKAGES = {
    "lint": _LINT,
    "generator": _GENERATOR,
    "celery": _CELERY,
    "all": (*_GENERATOR, *_CELERY),
}
"""What each extra brings, by import name: commands import their heavy packages late, and would miss them late."""

COMMANDS: dict[str, CommandEntry] = {
    "init": CommandEntry("trackwright_gen.cli.init", "generator", "Prepare a project, or start a new one."),
    "new": CommandEntry("trackwright_gen.cli.new", "generator", "Write a commented spec for a domain."),
    "generate": CommandEntry(
        "trackwright_gen.cli.generate", "generator", "Generate tracked domains and their migrations."
    ),
    "remove": CommandEntry(
        "trackwright_gen.cli.remove", "generator", "Undo what was generated for a domain."
    ),
    "status": CommandEntry("trackwright_gen.cli.status", "generator", "Say how every domain stands."),
    "templates": CommandEntry(
        "trackwright_gen.cli.templates", "generator", "List the templates, or copy one out to change it."
    ),
    "adopt": CommandEntry(
        "trackwright_gen.cli.adopt", "generator", "Write the spec that takes over a hand-written table."
    ),
    "schema": CommandEntry("trackwright_gen.cli.schema", "generator", "Print the JSON Schema of a spec."),
    "lint": CommandEntry("trackwright_gen.cli.lint", "lint", "Find untracked tasks and legacy tracking."),
    "tasks": CommandEntry("trackwright_gen.cli.tasks", "lint", "List every job with its evidence."),
    "exemptions": CommandEntry(
        "trackwright_gen.cli.exemptions", "lint", "List exemptions with age, owner and expiry."
    ),
    "audit": CommandEntry(
        "trackwright_gen.cli.audit", "generator", "Report the tracking debt: now, over time, and a plan."
    ),
    "rules": CommandEntry("trackwright_gen.cli.rules", "lint", "List the lint rules."),
    "explain": CommandEntry("trackwright_gen.cli.explain", "lint", "Explain one lint rule."),
    "sweep": CommandEntry(
        "trackwright.maintenance.commands.sweep",
        "celery",
        "Re-send lost messages and recover rows of dead workers.",
    ),
    "prune": CommandEntry(
        "trackwright.maintenance.commands.prune", "celery", "Delete finished rows whose retention is over."
    ),
    "doctor": CommandEntry(
        "trackwright.maintenance.commands.doctor", "celery", "Find what is wrong with domains, with hints."
    ),
    "monitoring": CommandEntry(
        "trackwright.maintenance.commands.monitoring",
        "celery",
        "Print a Grafana dashboard or Prometheus alert rules.",
    ),
    "stats": CommandEntry("trackwright.maintenance.commands.stats", "celery", "Show domains in figures."),
    "cancel": CommandEntry("trackwright.maintenance.commands.cancel", "celery", "Cancel rows of a domain."),
    "retry": CommandEntry(
        "trackwright.maintenance.commands.retry", "celery", "Give FAILED rows another attempt."
    ),
    "legacy": CommandEntry(
        "trackwright_gen.cli.legacy",
        "celery",
        "Lead out of a generic status table: spec, task, data, verify, finish.",
    ),
}

LEGACY_COMMANDS: dict[str, CommandEntry] = {
    "spec": CommandEntry(
        "trackwright_gen.cli.legacy_spec", "generator", "Propose specs from the code, and from the rows."
    ),
    "task": CommandEntry(
        "trackwright_gen.cli.legacy_task", "generator", "Rewrite legacy tasks, and what sends them."
    ),
    "data": CommandEntry(
        "trackwright.maintenance.commands.legacy_data", "celery", "Copy legacy rows into tracking tables."
    ),
    "verify": CommandEntry(
        "trackwright.maintenance.commands.legacy_verify", "celery", "Prove that legacy rows have arrived."
    ),
    "finish": CommandEntry(
        "trackwright_gen.cli.legacy_finish", "all", "Write the revision that removes legacy rows."
    ),
}
