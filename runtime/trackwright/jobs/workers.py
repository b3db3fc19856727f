"""What a worker process needs around its tasks: own connections after a fork, a pool that can carry them."""

import logging
from typing import Any

from celery import signals

from trackwright.jobs.database import forget_inherited_connections
from trackwright.registry import domains

logger = logging.getLogger("trackwright.jobs")
_REFUSED_POOLS = ("eventlet", "gevent")


def connect() -> None:
    """Listen to Celery's worker signals."""
    signals.worker_process_init.connect(_child_started, weak=False)
    signals.worker_init.connect(_worker_started, weak=False)


def _child_started(**_: Any) -> None:
    # Two processes on one inherited connection read each other's rows.
    forget_inherited_connections((domain.session_factory, domain.model) for domain in domains())


def _worker_started(sender: Any = None, **_: Any) -> None:
    pool = getattr(sender, "pool_cls", None)
    name = str(getattr(pool, "__module__", pool))
    for refused in _REFUSED_POOLS:
        if refused in name:
            message = (
                f"tracked tasks do not run under the {refused} pool: their heartbeat needs threads that it "
                "replaces. Start the worker with --pool prefork, threads or solo."
            )
            # Celery logs what a receiver of its signals raises and goes on; only an exit stops the worker.
            raise SystemExit(message)
    if "thread" in name:
        logger.warning(
            "under the %s pool tasks have no time limits: Celery cannot stop a thread. stale_after ends their "
            "rows, and the broker's or the database's own time-outs their work.",
            name.rpartition(".")[2],
        )
    # Only workers need it: whoever sends tasks does not import Celery's worker for it.
    from trackwright.jobs import main_process

    main_process.listen()
