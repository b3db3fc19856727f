"""Which row's process ends at which step of the row's life."""

STEPS = ("before claim", "after claim", "in body", "after commit", "before ack")


def planned(plan: str, step: str, tracking_id: int) -> str | None:
    """Who ends at a step of a row's first visit: `child`, `worker` or nobody."""
    if plan == "mix":
        turn, rest = divmod(tracking_id, 10)
        if rest or step != STEPS[turn % len(STEPS)]:
            return None
        # A worker takes all its tasks along: one row in seventy, at another step each time.
        return "worker" if turn % 7 == 6 else "child"
    scope, _, who = plan.partition(":")
    return who if scope == "each" and step == STEPS[tracking_id % len(STEPS)] else None
