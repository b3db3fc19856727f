"""What tests of tracked domains need (principles 6); the fixtures over it are in trackwright_pytest."""

from trackwright.testing.eager import EagerTasks
from trackwright.testing.factory import TrackingFactory
from trackwright.testing.messages import captured_dispatch, replaced
from trackwright.testing.redirect import redirected
from trackwright.testing.throwaway import throwaway_sessions
from trackwright.testing.transitions import AssertTransition
from trackwright.testing.waiting import AsyncWaitForTask, WaitForTask

__all__ = [
    "AssertTransition",
    "AsyncWaitForTask",
    "EagerTasks",
    "TrackingFactory",
    "WaitForTask",
    "captured_dispatch",
    "redirected",
    "replaced",
    "throwaway_sessions",
]
