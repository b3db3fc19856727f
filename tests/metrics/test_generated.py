"""The dashboard and the alert rules: their shape, and that they ask for nothing that is not defined."""

import json
import re
from typing import Any

import jsonschema
import promql_parser
import pytest

from trackwright.metrics import METRICS, TaskEvent
from trackwright.metrics.alerts import Thresholds, alert_rules
from trackwright.metrics.grafana import dashboard

TEXT = {"type": "string", "minLength": 1}
RULES = {
    "type": "object",
    "required": ["groups"],
    "additionalProperties": False,
    "properties": {
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "rules"],
                "additionalProperties": False,
                "properties": {
                    "name": TEXT,
                    "rules": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["alert", "expr"],
                            "additionalProperties": False,
                            "properties": {
                                "alert": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
                                "expr": TEXT,
                                "for": {"type": "string", "pattern": r"^\d+(ms|s|m|h|d)$"},
                                "labels": {"type": "object", "additionalProperties": TEXT},
                                "annotations": {"type": "object", "additionalProperties": TEXT},
                            },
                        },
                    },
                },
            },
        }
    },
}
TARGET = {"type": "object", "required": ["refId", "expr", "datasource"], "properties": {"expr": TEXT}}
SPAN = {"type": "integer", "minimum": 0, "maximum": 24}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "gridPos", "datasource", "targets", "fieldConfig"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "title": TEXT,
        "gridPos": {
            "type": "object",
            "required": ["x", "y", "w", "h"],
            "properties": {"x": SPAN, "w": SPAN},
        },
        "targets": {"type": "array", "minItems": 1, "items": TARGET},
    },
}
DASHBOARD = {
    "type": "object",
    "required": ["title", "uid", "schemaVersion", "panels", "templating", "time"],
    "properties": {
        "uid": {"type": "string", "maxLength": 40},
        "schemaVersion": {"type": "integer"},
        "panels": {"type": "array", "items": PANEL},
    },
}
GENERATED = pytest.mark.parametrize(
    ("made", "schema"), [(dashboard(), DASHBOARD), (alert_rules(), RULES)], ids=["dashboard", "alerts"]
)


@GENERATED
def test_it_has_the_shape_that_its_reader_expects(made: dict[str, Any], schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(made)))


@GENERATED
def test_it_asks_for_nothing_that_is_not_defined(made: dict[str, Any], schema: dict[str, Any]) -> None:
    known: set[str] = {metric.name for metric in METRICS}
    known |= {f"{metric.name}_bucket" for metric in METRICS if metric.kind == "histogram"}
    text = json.dumps(made)
    assert set(re.findall(r"trackwright_\w+", text)) <= known
    events = set(re.findall(r'event=\\"(\w+)\\"', text))
    assert events <= {event.value for event in TaskEvent}


@GENERATED
def test_its_queries_are_promql(made: dict[str, Any], schema: dict[str, Any]) -> None:
    queries = expressions(made)
    assert queries
    for query in queries:
        # Grafana puts a length of time there. The parser checks types of functions' arguments too.
        promql_parser.parse(query.replace("$__rate_interval", "5m"))


def test_the_parser_refuses_what_prometheus_refuses() -> None:
    with pytest.raises(ValueError, match="expected type matrix"):
        promql_parser.parse(f"rate({METRICS[0].name})")


def expressions(made: Any) -> list[str]:
    """Every query in it."""
    match made:
        case dict():
            own = [made["expr"]] if "expr" in made else []
            return own + [found for value in made.values() for found in expressions(value)]
        case list():
            return [found for value in made for found in expressions(value)]
        case _:
            return []


def test_every_metric_has_a_panel_and_no_two_overlap() -> None:
    panels = dashboard()["panels"]
    for metric in METRICS:
        assert any(metric.name in json.dumps(panel) for panel in panels), metric.name
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_thresholds_reach_the_rules() -> None:
    made = json.dumps(alert_rules(Thresholds(failure_rate=0.42, oldest_pending_seconds=77)))
    assert "> 0.42" in made
    assert "> 77" in made
