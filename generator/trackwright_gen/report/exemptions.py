"""Exemptions for a review: a table for people, JSON and CSV for programs and spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from trackwright_gen.audit.exemption_list import ListedExemption
from trackwright_gen.report.text import shown

_Listed = Sequence[ListedExemption]
FIELDS = (
    *("kind", "codes", "filename", "line", "reason", "approved_by", "owner", "ticket", "adapts"),
    *("since", "age_days", "until", "expired"),
)
_HEADS = ("kind", "codes", "place", "age", "owner", "ticket", "until", "reason")
_LONGEST_REASON = 48


def as_table(listed: _Listed, folder: Path) -> str:
    """Columns as wide as their longest entry, and how many are expired."""
    if not listed:
        return "No exemptions found."
    rows = [_HEADS, *(_row(each, folder) for each in listed)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    expired = sum(each.expired for each in listed)
    return "\n".join([*lines, "", f"{len(listed)} exemptions, {expired} expired."])


def as_json(listed: _Listed, folder: Path) -> str:  # noqa: ARG001 -- every format has the same parameters
    """A list of objects; paths are absolute."""
    return json.dumps([_data(each) for each in listed], indent=2)


def as_csv(listed: _Listed, folder: Path) -> str:
    """One row per exemption under a row of names; paths are relative to the folder."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FIELDS)
    for each in listed:
        data = {
            **_data(each),
            "codes": " ".join(each.exemption.codes),
            "filename": shown(each.location.path, folder),
        }
        writer.writerow(["" if data[name] is None else _cell(data[name]) for name in FIELDS])
    return file.getvalue().rstrip("\n")


FORMATS: Mapping[str, Callable[[_Listed, Path], str]] = {"table": as_table, "json": as_json, "csv": as_csv}


def _row(each: ListedExemption, folder: Path) -> tuple[str, ...]:
    exemption = each.exemption
    reason = exemption.reason or "-"
    return (
        exemption.kind,
        ",".join(exemption.codes),
        f"{shown(each.location.path, folder)}:{each.location.row}",
        "not committed" if each.age is None else f"{each.age} days",
        each.owner or "-",
        exemption.ticket or "-",
        f"{exemption.until or '-'}{' (expired)' if each.expired else ''}",
        reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…",
    )


def _data(each: ListedExemption) -> dict[str, Any]:
    exemption = each.exemption
    return {
        "kind": exemption.kind,
        "codes": list(exemption.codes),
        "filename": str(each.location.path),
        "line": each.location.row,
        "reason": exemption.reason,
        "approved_by": exemption.approved_by,
        "owner": each.owner,
        "ticket": exemption.ticket,
        "adapts": exemption.adapts,
        "since": each.since.isoformat() if each.since else None,
        "age_days": each.age,
        "until": exemption.until.isoformat() if exemption.until else None,
        "expired": each.expired,
    }


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
