"""`trackwright lint`: find untracked tasks and legacy tracking, and mend what can be mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE, FAILED, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.rule_options import chosen_rules
from trackwright_gen.cli.source_options import Sources, paths_argument, sources_of
from trackwright_gen.lint.engine import LintResult, lint
from trackwright_gen.lint.fix_run import FixRun, fix_all
from trackwright_gen.lint.rule import Rule
from trackwright_gen.report import diff
from trackwright_gen.report.formats import FORMATS
from trackwright_gen.report.text import statistics
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes


@dataclass(frozen=True, slots=True)
class _Run:
    """What is linted by which rules."""

    sources: Sources
    rules: tuple[Rule, ...]

    def __call__(self, instead: Mapping[Path, bytes]) -> LintResult:
        """Lint, with some files' bytes taken from a mapping."""
        return lint(self.sources.read(instead), self.rules, self.sources.today)


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
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are findings.")
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
    exit_zero: bool,
    folder: Path,
) -> None:
    """Find untracked tasks and code that still uses legacy tracking.

    Reads source only; runs none of it. Exits 1 if there are findings, 2 if a file could not be linted.
    """
    sources = sources_of(paths, folder)
    run = _Run(
        sources, chosen_rules(sources.settings, select=select, extend_select=extend_select, ignore=ignore)
    )
    if diff_only:
        done = fix_all(run, {}, unsafe=unsafe_fixes)
        click.echo(diff.fixes(done.files, sources.folder), nl=False)
        ctx.exit(_exit_code(done.left, found=bool(done.files), exit_zero=exit_zero))
    result = _fixed(fix_all(run, {}, unsafe=unsafe_fixes)) if fix else run({})
    text = statistics(result) if counts_only else FORMATS[output_format](result, sources.folder)
    if text:
        click.echo(text)
    ctx.exit(_exit_code(result, found=bool(result.diagnostics), exit_zero=exit_zero))


def _fixed(run: FixRun) -> LintResult:
    """Write what the fixes changed, all files or none."""
    apply_changes(Change(file.path, file.before, file.after) for file in run.files)
    return run.left


def _exit_code(result: LintResult, *, found: bool, exit_zero: bool) -> int:
    if result.problems:
        return FAILED
    return FINDINGS if found and not exit_zero else DONE
