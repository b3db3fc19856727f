"""`trackwright lint`: find untracked tasks and legacy tracking, and mend what can be mended."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from trackwright_gen.cli.collection import drop_last_read, keep_all
from trackwright_gen.cli.encodable import encodable
from trackwright_gen.cli.exit_codes import DONE, FAILED, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.rule_options import chosen_rules
from trackwright_gen.cli.source_options import Sources, paths_argument, sources_of
from trackwright_gen.lint.baseline import without_known, written
from trackwright_gen.lint.engine import LintResult, lint
from trackwright_gen.lint.fix_run import FixedFile, fix_all
from trackwright_gen.lint.rule import Rule
from trackwright_gen.report import diff
from trackwright_gen.report.formats import FORMATS, rendered
from trackwright_gen.report.text import statistics, unresolved
from trackwright_gen.source.footprint import Footprint
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes

_STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class _Run:
    """What is linted by which rules, and what is done with it."""

    sources: Sources
    rules: tuple[Rule, ...]
    baseline: Path | None
    unsafe: bool
    jobs: int
    use_cache: bool
    was_read: Callable[[], None]
    """To be called when the tree is in memory."""

    def check(self, instead: Mapping[Path, bytes]) -> LintResult:
        """Lint, with some files' bytes taken from a mapping."""
        result = self._computed(instead) if instead or not self.use_cache else self._cached()
        return result if self.baseline is None else without_known(result, self.baseline)

    def _cached(self) -> LintResult:
        from trackwright_gen.cli.lint_cache import cached

        return cached(self.sources, self.rules, lambda: self._computed({}), self._computed_part)

    def _computed(self, instead: Mapping[Path, bytes]) -> LintResult:
        project = self.sources.read(instead, jobs=self.jobs)
        self.was_read()
        return lint(project, self.rules, self.sources.today)

    def _computed_part(self, files: frozenset[Path], footprint: Footprint) -> LintResult:
        return lint(self.sources.read_part(files, footprint), self.rules, self.sources.today)

    def fixed(self) -> tuple[LintResult, tuple[FixedFile, ...]]:
        """What fixes leave, and what they change."""
        done = fix_all(self._check_again, self.sources.given, unsafe=self.unsafe)
        return done.left, done.files

    def _check_again(self, instead: Mapping[Path, bytes]) -> LintResult:
        drop_last_read()
        return self.check(instead)


@click.command("lint")
@paths_argument
@click.option("--select", multiple=True, metavar="CODES", help="Use these rules only (TW1, TW101, ALL).")
@click.option("--extend-select", multiple=True, metavar="CODES", help="Use these rules too.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out.")
@click.option("--fix", is_flag=True, help="Apply safe fixes, then report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: unsafe fixes too.")
@click.option("--diff", "diff_only", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="full", show_default=True)
@click.option("--statistics", "counts_only", is_flag=True, help="Only count the findings of each rule.")
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Leave out what FILE lists."
)
@click.option("--write-baseline", is_flag=True, help="Write today's findings to the --baseline file.")
@click.option("--show-unresolved", is_flag=True, help="Also say what could not be followed (on stderr).")
@click.option("--jobs", type=click.IntRange(min=0), default=0, help="Most processes to use; 0: one per core.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write .trackwright_cache.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are findings.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Lint standard input as this file; with --fix, print the result.",
)
@click.option(
    "--verify-app",
    metavar="MODULE:APP",
    help="Load this Celery app and report what its registry and the source do not have in common.",
)
@project_folder
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff_only: bool,
    output_format: str,
    counts_only: bool,
    baseline: Path | None,
    write_baseline: bool,
    show_unresolved: bool,
    jobs: int,
    no_cache: bool,
    exit_zero: bool,
    stdin_filename: Path | None,
    verify_app: str | None,
    folder: Path,
) -> None:
    """Find untracked tasks and code that still uses legacy tracking.

    Reads source only; runs none of it, but for the app that --verify-app names.
    Exits 1 if there are findings, 2 if a file could not be linted.
    """
    _refuse_contradictions(paths, stdin_filename, baseline, write_baseline=write_baseline)
    was_read = keep_all(ctx)
    sources = sources_of(paths, folder, stdin_filename=stdin_filename)
    if verify_app is not None:
        from trackwright_gen.cli.verify_app import verified

        result = verified(sources, verify_app)
        click.echo(encodable(rendered(output_format, result, sources.folder)))
        ctx.exit(_exit_code(result, found=bool(result.diagnostics), exit_zero=exit_zero))
    rules = chosen_rules(sources.settings, select=select, extend_select=extend_select, ignore=ignore)
    file = sources.folder / baseline if baseline else None
    run = _Run(sources, rules, None if write_baseline else file, unsafe_fixes, jobs, not no_cache, was_read)
    if write_baseline and file is not None:
        ctx.exit(_wrote_baseline(run.check(sources.given), file))
    if diff_only:
        left, files = run.fixed()
        click.echo(diff.fixes(files, sources.folder), nl=False)
        ctx.exit(_exit_code(left, found=bool(files), exit_zero=exit_zero))
    result = _fixed(run) if fix else run.check(sources.given)
    text = statistics(result) if counts_only else rendered(output_format, result, sources.folder)
    if text:
        click.echo(encodable(text), err=fix and stdin_filename is not None)
    if show_unresolved:
        click.echo(unresolved(result, sources.folder), err=True)
    ctx.exit(_exit_code(result, found=bool(result.diagnostics), exit_zero=exit_zero))


def _refuse_contradictions(
    paths: tuple[Path, ...], stdin_filename: Path | None, baseline: Path | None, *, write_baseline: bool
) -> None:
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE: the file to write")
    if _STDIN in paths and stdin_filename is None:
        raise click.UsageError("`-` needs --stdin-filename FILE: the file that the input stands for")
    if stdin_filename is not None and any(path != _STDIN for path in paths):
        raise click.UsageError("--stdin-filename takes no other paths")


def _fixed(run: _Run) -> LintResult:
    """Write what the fixes changed, all files or none; what came through standard input is printed."""
    left, files = run.fixed()
    now = {file.path: file.after for file in files}
    for path, data in run.sources.given.items():
        sys.stdout.buffer.write(now.pop(path, data))
    apply_changes(Change(file.path, file.before, file.after) for file in files if file.path in now)
    return left


def _wrote_baseline(result: LintResult, file: Path) -> int:
    before = file.read_bytes() if file.exists() else None
    apply_changes([Change(file, before, written(result.diagnostics, file).encode())])
    click.echo(f"Wrote {len(result.diagnostics) - result.problems} findings to {file}.")
    return FAILED if result.problems else DONE


def _exit_code(result: LintResult, *, found: bool, exit_zero: bool) -> int:
    if result.problems:
        return FAILED
    return FINDINGS if found and not exit_zero else DONE
