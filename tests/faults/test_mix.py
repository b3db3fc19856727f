"""Many rows while children and workers die, both servers come and go, and messages come twice."""

import os
from typing import Any

import pytest

from trackwright import dispatch

Ground = Any


def test_rows_under_a_mix_of_faults_end_with_their_effect_once(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = int(os.environ.get("FAULT_ROWS", "100"))
    once = dispatch._publish_to_broker

    def sometimes_twice(message: dispatch.Message, **options: Any) -> None:
        once(message, **options)
        if message.tracking_id % 7 == 0:
            once(message, **options)

    monkeypatch.setattr(dispatch, "_publish_to_broker", sometimes_twice)
    ids = ground.enqueue(number - number // 10) + ground.enqueue(number // 10, "fail once")
    ground.start("mix")
    ground.start("mix", CLOCK="600")
    for part, server in ((4, ground.postgresql), (2, ground.redis)):
        ground.wait_for_ends(number // part, "mix", patience=60 + number)
        server.kill()
        ground.bring_back(server.start)
    ground.wait_for_ends(number, "mix", patience=60 + number)
    ground.assert_each_effect_once(ids)
    assert ground.starts > 2  # workers did die
