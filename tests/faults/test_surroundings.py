"""What goes wrong around workers: servers that go and come back, messages that come twice, clocks that differ."""

import threading
from typing import Any

import pytest
from workers import wait_until

from trackwright import dispatch
from trackwright.maintenance import sweep_all

Ground = Any


@pytest.mark.parametrize("server", ["postgresql", "redis"])
def test_a_server_that_dies_in_mid_run_and_comes_back_costs_no_effect(ground: Ground, server: str) -> None:
    ids = ground.enqueue(60, "slow")
    ground.start()
    wait_until("some rows to be done", lambda: ground.ended() > 5)
    dying = getattr(ground, server)
    dying.kill()
    if server == "redis":
        ids += ground.enqueue(3)  # committed, though nothing can be sent
    ground.bring_back(dying.start)
    ground.wait_for_ends(len(ids))
    ground.assert_each_effect_once(ids)


def test_messages_that_come_while_the_database_is_away_wait_for_it_without_a_sweep(ground: Ground) -> None:
    ids = ground.enqueue(8)
    ground.postgresql.kill()
    ground.start()
    log = ground.project.folder / "worker.log"
    wait_until("both children to wait", lambda: log.read_text().count("waiting for it") > 3, log)
    ground.bring_back(ground.postgresql.start)
    wait_until("all rows to end", lambda: ground.ended() == len(ids), log)
    ground.assert_each_effect_once(ids)
    assert {row.attempts for row in map(ground.project.row, ids)} == {1}


def test_rows_whose_every_message_comes_twice_run_once(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = dispatch._publish_to_broker

    def twice(message: dispatch.Message, **options: Any) -> None:
        once(message, **options)
        once(message, **options)

    monkeypatch.setattr(dispatch, "_publish_to_broker", twice)
    ids = ground.enqueue(40)
    ground.start()
    ground.start()
    ground.wait_for_ends(len(ids))
    ground.assert_each_effect_once(ids)
    assert {row.attempts for row in map(ground.project.row, ids)} == {1}


def test_sweeps_in_two_places_at_once_send_rows_that_run_once(ground: Ground) -> None:
    ground.redis.kill()
    ids = ground.enqueue(40)
    ground.redis.start()
    ground.start()
    app = ground.project.app.celery_app
    ground.make_due()
    sweeps = [threading.Thread(target=sweep_all, args=[app]) for _ in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    ground.wait_for_ends(len(ids))
    ground.assert_each_effect_once(ids)
    assert {row.attempts for row in map(ground.project.row, ids)} == {1}


def test_workers_whose_clocks_are_ten_minutes_off_bring_rows_to_their_end(ground: Ground) -> None:
    ids = ground.enqueue(20) + ground.enqueue(10, "fail once")
    ground.start(CLOCK="600")
    ground.start(CLOCK="-600")
    ground.wait_for_ends(len(ids))
    ground.assert_each_effect_once(ids)
    for row in map(ground.project.row, ids):
        assert row.created_at <= row.started_at <= row.completed_at
