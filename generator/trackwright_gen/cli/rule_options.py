"""Which rules a run uses: the settings, changed by the command line."""

from trackwright_gen.config import LintSettings
from trackwright_gen.lint.catalog import select_rules
from trackwright_gen.lint.rule import Rule


def chosen_rules(
    settings: LintSettings,
    *,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> tuple[Rule, ...]:
    """The rules of the settings, changed by the command line; `--select` starts afresh."""
    if select:
        return select_rules(select=_split(select), extend_select=_split(extend_select), ignore=_split(ignore))
    return select_rules(
        select=settings.select,
        extend_select=(*settings.extend_select, *_split(extend_select)),
        ignore=(*settings.ignore, *_split(ignore)),
    )


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes may be given apart or with commas between them."""
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())
