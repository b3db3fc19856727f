"""SIGKILL at every step of a task's life, of the child and of the whole worker: each effect is there once."""

from typing import Any

import pytest
from faults_plan import STEPS
from workers import wait_until

Ground = Any


@pytest.mark.parametrize("who", ["child", "worker"])
def test_a_death_at_each_step_costs_no_effect_and_doubles_none(ground: Ground, who: str) -> None:
    plan = f"each:{who}"
    ground.start(plan)
    ids = ground.enqueue(len(STEPS))
    ground.wait_for_ends(len(ids), plan)
    ground.assert_each_effect_once(ids)
    # The last step comes after the row's end.
    wait_until("a death at each step", lambda: _struck(ground) == set(STEPS))


def _struck(ground: Ground) -> set[str]:
    return {path.name.rpartition(" ")[0] for path in (ground.project.folder / "marks").iterdir()}
