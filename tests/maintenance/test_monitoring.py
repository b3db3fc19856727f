"""`trackwright monitoring` prints what Grafana and Prometheus read; it needs no project."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trackwright.metrics.alerts import alert_rules
from trackwright.metrics.grafana import dashboard

COMMAND = Path(sys.executable).with_name("trackwright")


@pytest.mark.parametrize(("what", "made"), [("dashboard", dashboard()), ("alerts", alert_rules())])
def test_it_prints_json(what: str, made: object, tmp_path: Path) -> None:
    command = [str(COMMAND), "monitoring", what]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == made


def test_anything_else_is_refused_with_what_there_is(tmp_path: Path) -> None:
    command = [str(COMMAND), "monitoring", "graph"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "'alerts', 'dashboard'" in ended.stderr
