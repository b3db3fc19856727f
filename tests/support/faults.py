"""Faults inside a worker of price_app, which loads this module beside the app: `--include faults`.

A row's first visit to a step ends its process, by SIGKILL, where the environment says so:
FAULTS="each:child" or "each:worker" for every row, "mix" for one in ten, mostly a child; each row at the next step.
CLOCK sets the worker's clock off, in seconds.
"""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import price_app
from celery import signals
from faults_plan import planned
from kombu.asynchronous import timer

from trackwright.jobs import attempt, body, claims, execution

PLAN = os.environ["FAULTS"]
CLOCK = float(os.environ.get("CLOCK", "0"))


def strike(step: str, tracking_id: int) -> None:
    """End the process here, or its whole worker, if the plan says so and this is the row's first visit."""
    who = planned(PLAN, step, tracking_id)
    if who is None:
        return
    try:
        Path(os.environ["MARKS"], f"{step} {tracking_id}").touch(exist_ok=False)
    except FileExistsError:
        return
    if who == "child":
        os.kill(os.getpid(), signal.SIGKILL)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _claim(
    database: Any,
    model: Any,
    delivery: Any,
    lease: float,
    *,
    again: bool = False,
    claim: Any = claims.claim,
) -> Any:
    strike("before claim", delivery.tracking_id)
    claimed = claim(database, model, delivery, lease, again=again)
    strike("after claim", delivery.tracking_id)
    return claimed


def _perform(run: Any, work: Any, ending: Any, *, perform: Any = body.perform) -> Any:
    result = perform(run, work, ending)
    strike("after commit", run.tracking.id)
    return result


def _work(run: Any, *, work: Any = price_app.work) -> None:
    work(run)
    strike("in body", run.tracking.id)


def _before_ack(args: Any = (), sender: Any = None, **_: Any) -> None:
    if sender.name == price_app.update_price.name:
        strike("before ack", args[0])


if PLAN:
    before: Any = execution
    before.claim = _claim
    inside: Any = attempt
    inside.perform = _perform
    price_app.work = _work
    signals.task_postrun.connect(_before_ack, weak=False)
if CLOCK:
    now: Any = price_app.celery_app.now
    off = timedelta(seconds=CLOCK)
    patched_app: Any = price_app.celery_app
    patched_app.now = lambda: now() + off
    patched_timer: Any = timer
    patched_timer._time = lambda: time.time() + CLOCK
