"""How long to wait before the next attempt (principles 7: exponential backoff)."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waiting with full jitter: a random time between 0 and base * factor ** (attempt - 1), capped.

    Attributes:
        base: longest wait after the first attempt, seconds.
        cap: longest wait ever, seconds.
        factor: growth from attempt to attempt; 1 waits the same each time.
        jitter: False waits exactly the computed time.
    """

    base: float = 60.0
    cap: float = 3600.0
    factor: float = 2.0
    jitter: bool = True

    def __post_init__(self) -> None:
        if self.base < 0 or self.cap < 0 or self.factor < 1:
            message = f"backoff needs base >= 0, cap >= 0 and factor >= 1, not {self}"
            raise ValueError(message)

    def delay(self, attempt: int) -> float:
        """Seconds to wait after an attempt; attempts count from 1."""
        # An exponent of 64 is beyond any cap; larger ones would overflow a float.
        longest = min(self.cap, self.base * self.factor ** min(attempt - 1, 64))
        return random.uniform(0, longest) if self.jitter else longest  # noqa: S311 -- spreads load, guards nothing
