"""Rows of a legacy status table into tracking tables, and the proof that all of them arrived (principles 9)."""

from trackwright.maintenance.legacy.copying import copy_rows, rows_to_copy
from trackwright.maintenance.legacy.move import LegacyTableError, Move, moves_of
from trackwright.maintenance.legacy.refusals import refusals
from trackwright.maintenance.legacy.step import CopyStep
from trackwright.maintenance.legacy.verification import Difference, Verification, verify

__all__ = [
    "CopyStep",
    "Difference",
    "LegacyTableError",
    "Move",
    "Verification",
    "copy_rows",
    "moves_of",
    "refusals",
    "rows_to_copy",
    "verify",
]
