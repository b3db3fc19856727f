"""The status machine: its edges are those of the principles' diagram, and one of our own; its words are kept."""

from dataclasses import FrozenInstanceError

import pytest

from trackwright.status import CLAIM, OPERATIONS, check_condition, transitions


def test_the_edges_are_those_of_the_diagram() -> None:
    assert {(source.value, target.value) for source, target in transitions()} == {
        ("PENDING", "PROCESSING"),
        ("PENDING", "CANCELLED"),
        ("PROCESSING", "COMPLETED"),
        ("PROCESSING", "FAILED"),
        ("PROCESSING", "CANCELLED"),
        ("FAILED", "PENDING"),
    }


def test_an_operation_names_what_it_does_and_whose_attempt_may_do_it() -> None:
    assert [operation.name for operation in OPERATIONS if not operation.fenced] == [
        *("claim", "take over", "recover", "exhaust", "cancel", "abandon", "retry")
    ]
    assert [operation.name for operation in OPERATIONS if operation.fenced] == [
        *("complete", "fail", "reschedule", "stop")
    ]


def test_nobody_changes_an_operation_that_all_share() -> None:
    with pytest.raises(FrozenInstanceError):
        CLAIM.fenced = True  # type: ignore[misc] # the very thing that must not go


def test_the_database_takes_the_five_statuses_and_no_other() -> None:
    assert check_condition() == "status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')"
