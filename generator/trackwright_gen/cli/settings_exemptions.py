"""The exemptions of the settings, with the places where they are written."""

from pathlib import Path

from trackwright_gen.config import ExemptionSettings, LoadedSettings
from trackwright_gen.location import Location
from trackwright_gen.source.exemptions import SettingsExemption
from trackwright_gen.source.jobs import Exemption


def exemptions_of(loaded: LoadedSettings, text: str | None = None) -> tuple[SettingsExemption, ...]:
    """All exemptions that a settings file gives, by path or by qualified name; `text` is what it says on no disk."""
    file = loaded.source
    written = loaded.settings.lint.exemptions
    if file is None or not written:
        return ()
    rows = _rows(file.read_text(encoding="utf-8-sig") if text is None else text)
    return tuple(
        _exemption(each, file, rows[number] if number < len(rows) else 1)
        for number, each in enumerate(written)
    )


def _exemption(each: ExemptionSettings, file: Path, row: int) -> SettingsExemption:
    place = Location(file, row)
    exemption = Exemption(
        kind=each.kind,
        codes=each.codes,
        line=row,
        path=file,
        reason=each.reason,
        approved_by=each.approved_by,
        ticket=each.ticket,
        until=each.until,
        adapts=each.adapts,
    )
    paths = (file.parent.resolve(), each.path.rstrip("/")) if each.path is not None else None
    return SettingsExemption(place, exemption, paths, each.name)


def _rows(text: str) -> list[int]:
    """Where each table of the list starts; an inline list has only its own row."""
    lines = enumerate(text.splitlines(), start=1)
    return [row for row, line in lines if line.strip().endswith("lint.exemptions]]")]
