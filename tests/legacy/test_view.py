"""A tracking row as clients of the legacy table see it."""

from legacy_models import PriceTracking

from trackwright.legacy import legacy_view
from trackwright.metadata_keys import DEPENDENCY_KEYS, METADATA_KEYS


def test_what_the_runtime_keeps_in_the_metadata_is_not_shown() -> None:
    ours = dict.fromkeys([*METADATA_KEYS, *DEPENDENCY_KEYS, "dispatch"], "ours")
    row = PriceTracking(status="COMPLETED", task_metadata={**ours, "note": "theirs"})
    shown = legacy_view(row).task_metadata
    assert shown["note"] == "theirs"
    assert "ours" not in shown.values()
