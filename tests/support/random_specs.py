"""Random pairs of specs that have much in common, for whoever migrates from one to the other."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

NAMES = ["a", "b", "user", "limit"]
TYPES: list[dict[str, Any]] = [
    {"type": "integer", "default": 3},
    {"type": "bigint", "default": 4},
    {"type": "decimal", "precision": 10, "scale": 2, "default": "1.50"},
    {"type": "decimal", "precision": 12, "scale": 2, "default": "1.50"},
    {"type": "string", "length": 12, "default": "7 :x"},
    {"type": "string", "length": 40, "default": "8"},
    {"type": "text", "default": r"it's \:y %s"},
    {"type": "enum", "values": ["p", "q:r", "s :t"], "default": "p"},
    {"type": "enum", "values": ["p", "q"], "default": "q"},
    {"type": "boolean", "default": True},
    {"type": "json", "default": {"a": 1, "b": {"c": ":d"}}},
    {"type": "date"},
    {"type": "datetime", "default_sql": "CURRENT_TIMESTAMP"},
]
PREDICATES: dict[str, dict[str, Any]] = {
    "integer": {"op": ">", "value": 0},
    "bigint": {"op": "<=", "value": 9},
    "decimal": {"op": ">", "value": "0.5"},
    "string": {"op": "!=", "value": "x :y"},
    "text": {"op": "=", "value": "q"},
}


REFERENCES: list[dict[str, Any] | None] = [
    None,
    {"type": "string", "length": 12, "references": "etfs.id", "external": True},
    {"type": "string", "length": 12, "references": "etfs.id", "external": True, "on_delete": "cascade"},
    {"type": "string", "length": 40, "references": "etfs.id", "external": True, "index": True},
]
TABLE = "order_task_tracking"
PARENT: dict[str, Any] = {"parent": {"references": f"{TABLE}.id", "on_delete": "set null", "index": True}}
INDEXES: list[list[dict[str, Any]]] = [
    [],
    [{"fields": ["created_at", "status"]}],
    [{"fields": ["status"], "where": {"field": "started_at", "is": "null"}}],
]
RENAMES = [{}, {"b": "a"}, {"b": "a", "user": "b"}, {"limit": "user"}, {"a": "b"}]


@dataclass(frozen=True)
class Pair:
    """Two specs, and which columns of the second were called something else in the first."""

    old: dict[str, Any]
    new: dict[str, Any]
    renamed: dict[str, str]


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Two specs that have much in common."""
    old = draw(specs(NAMES, {}))
    renamed = {
        name: former for name, former in draw(st.sampled_from(RENAMES)).items() if former in old["fields"]
    }
    names = [name for name in NAMES if name in renamed or name not in renamed.values()]
    known = old["fields"] | {name: old["fields"][former] for name, former in renamed.items()}
    new = draw(specs(names, known))
    return Pair(old, new, {name: former for name, former in renamed.items() if name in new["fields"]})


@st.composite
def specs(draw: st.DrawFn, names: list[str], known: dict[str, Any]) -> dict[str, Any]:
    """A spec with a few of a few fields, some as they are known already."""
    fields: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(names), unique=True, min_size=1)):
        fields[name] = known[name] if name in known and draw(st.booleans()) else draw(one_field())
    if reference := draw(st.sampled_from(REFERENCES)):
        fields["etf_id"] = reference
    fields |= draw(st.sampled_from([{}, PARENT]))
    if keys := [name for name in fields if fields[name].get("unique")]:
        fields |= draw(st.sampled_from([{}, *({"twin": {"references": f"{TABLE}.{key}"}} for key in keys)]))
    able = [name for name in fields if fields[name].get("type") in PREDICATES]
    picked = draw(st.lists(st.sampled_from(able), unique=True)) if able else []
    conditions = [{"field": name, **PREDICATES[fields[name]["type"]]} for name in picked]
    return {
        "domain": "order",
        "fields": fields,
        "checks": [{"name": f"c{i}", **one} for i, one in enumerate(conditions)],
        "indexes": [
            *({"fields": ["status"], "where": one} for one in conditions[:1]),
            *draw(st.sampled_from(INDEXES)),
        ],
        "unique": draw(st.sampled_from([[], [{"fields": ["celery_task_id"], "while": "active"}]])),
    }


@st.composite
def one_field(draw: st.DrawFn) -> dict[str, Any]:
    """A field; a required one has a default."""
    chosen = dict(draw(st.sampled_from(TYPES)))
    if draw(st.booleans()):
        chosen.pop("default", None)
    chosen["required"] = draw(st.booleans()) and ("default" in chosen or "default_sql" in chosen)
    if chosen["type"] != "json":
        chosen |= {"unique": draw(st.booleans()), "index": draw(st.booleans())}
    return chosen | ({"comment": "one: two"} if draw(st.booleans()) else {})
