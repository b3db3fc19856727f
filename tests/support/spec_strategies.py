"""Random specs that are right, odd ones above all: each must become a domain that works."""

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adopted_specs import adoptable, adoptions, in_old_table, rewritten
from hypothesis import strategies as st

from trackwright_gen.spec.core import CORE_FIELDS, STATUSES
from trackwright_gen.spec.enum_members import member_names
from trackwright_gen.spec.naming import attribute_name, class_name

Tree = dict[str, Any]

_FIELD_WORDS = """
legacy_id factory create_tracking
order user group limit table select from to end offset analyse window fetch freeze primary references
json schema copy print type id_ date datetime list dict str int bytes uuid decimal enum text any all set object
values row rows move made found name number result session sessions statement model self_ cls db commit task run
status_ query queue email select_ tracking tracking_id update cancel retry create enqueue get_status succeed
fail match case underscore_ asyncio pytest dt sa op func conv field mapped_column relationship event exc base
registry_ validate construct fields parse_obj model field_imports made_by error errors message kwargs args given
wanted current_date current_user localtime natural inner left right full cross on using verbose glob isnull
notnull
"""
ODD_NAMES = _FIELD_WORDS.split()
_DOMAIN_WORDS = """
tracking many flow base_task task_tracking sync_task_tracking test_run async_task session values row
order user queue select json email types token secrets class import lambda async match print list abc test tests
conftest model models task tasks service celery app trackwright alembic sqlalchemy pytest metadata base
current_user
"""
DOMAINS = _DOMAIN_WORDS.split()
TEXTS = st.sampled_from(
    [
        'Says "hello" with a \\ backslash, a """ and \'quotes\'.',
        "{{ 7 * 7 }} {% for x in y %} {# none #} ${x} %s %(x)s {0}",
        'Ends with a quote "',
        "Ends with a backslash \\",
        "\\N{BULLET} \\u0041 \\x41 \\n",
        "ünïcödé ☃ 漢字 🙂",
        "one line\nand another\n\nand a paragraph",
        "x" * 300,
        "A sentence. " * 30,
        "# not a comment: yes",
        "- a list\n- of two",
        "    indented",
        "# trackwright: ignore",
        "'''",
        "a | b | c",
    ]
)
VALUES = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "1st",
                "in-progress",
                "None",
                "mro",
                "it's",
                'say "x"',
                "name",
                "value",
                "",
                "x:y",
                ":z",
                "100%",
            ),
            *(
                "%s",
                "\\",
                "true",
                "no",
                "1e3",
                "12:30",
                "2026-01-01",
                "A B",
                "é",
                "漢",
                "__doc__",
                "_x_",
                "class",
            ),
            *("values", "lower", "title", "x" * 60, "{{ x }}", '"""', "null", "~", "'", "''", "a,b"),
        ]
    ),
    min_size=2,
    max_size=6,
    unique=True,
).filter(lambda values: len(set(member_names(values).values())) == len(values))
NAMES = (
    st.sampled_from(ODD_NAMES)
    | st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
    | st.from_regex(r"[a-z][a-z0-9_]{50,62}", fullmatch=True)
)
TASKS = ["print", "match", "update", "row", "task", "select", "succeed", "values", "test_it", "json", "made"]
ERRORS = [
    "ValueError",
    "OSError",
    "json.JSONDecodeError",
    "urllib.error.URLError",
    "http.client.HTTPException",
]
GIVE_UP = ["KeyError", "TypeError", "subprocess.TimeoutExpired", "UnicodeDecodeError"]


@dataclass(frozen=True)
class Batch:
    """Some domains for one project, and what kind of project it is."""

    layout: str
    is_async: bool
    specs: dict[str, Tree]


@st.composite
def batches(draw: st.DrawFn, domains: int) -> Batch:
    """A project with so many domains."""
    names = draw(st.lists(domain_names(), min_size=domains, max_size=domains, unique_by=_class_of))
    adopting = draw(st.sampled_from([None, *range(domains)]))
    specs = {
        name: draw(specs_of(name, position, adopts=position == adopting))
        for position, name in enumerate(names)
    }
    return Batch(draw(st.sampled_from(["layered", "package"])), draw(st.booleans()), specs)


def _class_of(domain: str) -> str:
    return class_name(domain).lower()


def domain_names() -> st.SearchStrategy[str]:
    """Names of domains: words of Python and SQL, ordinary ones, the longest."""
    return st.sampled_from(DOMAINS) | st.from_regex(r"[a-z][a-z0-9_]{0,36}", fullmatch=True)


@st.composite
def specs_of(draw: st.DrawFn, domain: str, position: int, *, adopts: bool = False) -> Tree:
    """A spec of a domain, perhaps with a table of old; its task's name differs for each position."""
    names = draw(st.lists(NAMES.filter(is_free), max_size=7, unique_by=_attribute))
    own = own_references(domain)
    fields = {name: draw(one_field(own)) for name in names}
    fields = adoptable(fields) if adopts else fields
    fields |= draw(_copies(domain, fields))
    uniques = draw(_uniques(fields))
    spec: Tree = {
        "domain": domain,
        "description": draw(TEXTS),
        "fields": fields,
        "unique": uniques,
        "checks": draw(_checks(fields, adopts=adopts)),
        "indexes": draw(_indexes(fields)),
        "task": draw(_tasks(position)),
        "dependencies": draw(
            st.sampled_from([{}, {"enabled": True}, {"enabled": True, "on_failure": "run"}])
        ),
        "retention": draw(st.sampled_from([{}, {"completed": "90s", "failed": "30d"}, {"cancelled": "0s"}])),
        "api": {"enabled": draw(st.booleans())},
    }
    if adopts:
        spec["adopt"] = draw(adoptions(fields))
        spec["allow_rewrite"] = rewritten(fields)
    if draw(st.booleans()):
        spec["legacy"] = draw(_legacy(fields))
    if draw(st.booleans()):
        spec["names"] = {"class": f"Z{position}{class_name(domain)}"[:40].replace("_", "")}
    return {key: value for key, value in spec.items() if value not in ({}, [])} | {"domain": domain}


def is_free(name: str) -> bool:
    """Whether a field may be called so."""
    return not (
        keyword.iskeyword(name)
        or name in CORE_FIELDS
        or name in {"registry", "task_metadata"}
        or name.startswith("model_")
    )


def _attribute(name: str) -> str:
    # Two fields may share neither their attribute nor the name of an enum's class.
    return class_name(attribute_name(name)).lower().rstrip("_")


@st.composite
def one_field(draw: st.DrawFn, references: Sequence[st.SearchStrategy[Tree]] = ()) -> Tree:
    """A field of any type, with keys that go together; references others than to the project's tables, too."""
    chosen: Tree = draw(st.one_of(*map(st.fixed_dictionaries, TYPES), *REFERENCES, *references))
    if draw(st.booleans()):
        chosen = {key: value for key, value in chosen.items() if not key.startswith("default")}
    if draw(st.booleans()):
        chosen["required"] = True
    if draw(st.booleans()):
        chosen["index"] = chosen.get("type") != "json"
    if draw(st.booleans()):
        chosen["comment"] = draw(TEXTS)
    if draw(st.integers(0, 4)) == 0 and chosen.get("type") not in {"json", "boolean", "array"}:
        chosen["unique"] = True
    return chosen


TYPES: list[dict[str, st.SearchStrategy[Any]]] = [
    {
        "type": st.just("string"),
        "length": st.integers(1, 200),
        "default": st.sampled_from(["", "x", "'", "\\"]),
    },
    {"type": st.just("string"), "default_sql": st.sampled_from(["'x:y'", "'100%'", "'a' || 'b'"])},
    {
        "type": st.just("text"),
        "default": st.sampled_from(["it's", ":a", "%s", "é\n☃", '"', "null", "{{ 1 }}", "\\:x"]),
    },
    {"type": st.just("integer"), "default": st.integers(-(2**31), 2**31 - 1)},
    {"type": st.just("integer"), "default_sql": st.sampled_from(["1 + 1", "(2)", "-3"])},
    {"type": st.just("bigint"), "default": st.integers(-(2**63), 2**63 - 1)},
    {"type": st.just("boolean"), "default": st.booleans()},
    {"type": st.just("date"), "default": st.dates().map(str)},
    {"type": st.just("date"), "default_sql": st.just("CURRENT_DATE")},
    {"type": st.just("datetime"), "default_sql": st.just("CURRENT_TIMESTAMP")},
    {"type": st.just("interval")},
    {
        "type": st.just("decimal"),
        "precision": st.just(5),
        "scale": st.integers(0, 5),
        "default": st.just("0"),
    },
    {
        "type": st.just("decimal"),
        "precision": st.just(20),
        "scale": st.just(6),
        "default": st.just("-1.500000"),
    },
    {"type": st.just("float"), "default": st.sampled_from([0.5, -2, 1e-7, 12345678.25])},
    {"type": st.just("uuid"), "default": st.uuids().map(str)},
    {
        "type": st.just("json"),
        "default": st.sampled_from([{}, {"a": 1, ":b": [None, "c:d", {"%s": "it's"}]}]),
    },
    {"type": st.just("enum"), "values": VALUES},
    {
        "type": st.just("array"),
        "items": st.sampled_from(["string", "text", "integer", "bigint", "boolean", "float"]),
    },
    {"type": st.just("bytes")},
]
ON_DELETE = st.sampled_from(
    [{}, {"on_delete": "cascade"}, {"on_delete": "restrict"}, {"on_delete": "no action"}]
)
REFERENCES = [
    ON_DELETE.map(lambda more: {"references": "etfs.id", **more}),
    ON_DELETE.map(lambda more: {"references": "pension_etfs.id", "type": "bigint", **more}),
]
EXTERNAL = [
    ON_DELETE.map(
        lambda more: {"references": "accounts.code", "type": "string", "length": 8, "external": True, **more}
    ),
    ON_DELETE.map(lambda more: {"references": "invoices.id", "type": "bigint", "external": True, **more}),
]
"""To tables that no model of the project shows: `EXTERNAL_TABLES`."""
EXTERNAL_TABLES = {"accounts": "code VARCHAR(8) PRIMARY KEY", "invoices": "id BIGINT PRIMARY KEY"}


def own_references(domain: str) -> list[st.SearchStrategy[Tree]]:
    """References beyond the project's models: to others' tables, and to the domain's own rows."""
    own = ON_DELETE.map(lambda more: {"references": f"{domain}_task_tracking.id", **more})
    return [*EXTERNAL, own]


@st.composite
def _copies(draw: st.DrawFn, domain: str, fields: Tree) -> Tree:
    """Perhaps a field that refers to another one of the same table by its unique value."""
    able = [name for name, field in fields.items() if field.get("unique") and "references" not in field]
    name = draw(NAMES.filter(is_free))
    if not able or _attribute(name) in map(_attribute, fields):
        return {}
    return {name: {"references": f"{domain}_task_tracking.{draw(st.sampled_from(able))}"}}


@st.composite
def _legacy(draw: st.DrawFn, fields: Tree) -> Tree:
    """Where rows of old lie: words and columns that mean something here."""
    words = draw(st.dictionaries(st.sampled_from(["gone", "it's", "2nd", "no"]), st.sampled_from(STATUSES)))
    targets = st.sampled_from([*fields, "celery_task_id", "error_message"])
    spec = {
        "table": draw(st.sampled_from(["task_status", "order", "TaskStatus"])),
        "task_type": draw(st.sampled_from([None, "x", "it's :x", "{{ 1 }}"])),
        "status": words,
        "fields": draw(st.dictionaries(st.sampled_from(["ref", "class", "Ref Id"]), targets, max_size=2)),
    }
    return {key: value for key, value in spec.items() if value not in (None, {})}


CONDITIONS: dict[str, list[Tree]] = {
    "integer": [{"op": ">", "value": 0}, {"op": "!=", "value": -7}, {"op": "in", "value": [1, 2, 3]}],
    "bigint": [{"op": "<=", "value": 9000000000}, {"op": ">=", "value": -1}],
    "decimal": [{"op": "<", "value": 7}, {"op": ">=", "value": 0}],
    "float": [{"op": ">", "value": -0.5}, {"op": "<", "value": 1e6}],
    "date": [{"op": ">=", "value": "2020-02-29"}, {"op": "<", "value": "2099-12-31"}],
    "text": [{"op": "!=", "value": "it's :x %s"}, {"op": "in", "value": ["a", "", "é"]}],
    "string": [{"op": "!=", "value": ""}],
    "boolean": [{"op": "!=", "value": False}, {"op": "=", "value": True}],
    "uuid": [{"op": "!=", "value": "123e4567-e89b-12d3-a456-426614174000"}],
}
NULLS = [{"is": "null"}, {"is": "not null"}]


def _conditions(name: str, field: Tree) -> list[Tree]:
    known = CONDITIONS.get(field.get("type", ""), [])
    if field.get("type") == "enum":
        known = [{"op": "in", "value": field["values"][:2]}, {"op": "!=", "value": field["values"][0]}]
    return [{"field": name, **one} for one in (*known, *NULLS)]


@st.composite
def _checks(draw: st.DrawFn, fields: Tree, *, adopts: bool) -> list[Tree]:
    # One check a field: two could leave no value at all. A default must pass, too.
    able = [name for name, field in fields.items() if not {"default", "default_sql"} & field.keys()]
    able = [name for name in able if not fields[name].get("unique")]
    picked = draw(st.lists(st.sampled_from(able), unique=True, max_size=3)) if able else []
    checks = []
    for position, name in enumerate(picked):
        possible = _conditions(name, fields[name])
        if adopts and not in_old_table(fields[name]):
            # Rows that are there have no value of what is new.
            possible = [one for one in possible if one.get("is") != "not null"]
        if fields[name].get("required"):
            possible = [one for one in possible if one.get("is") != "null"]
        own = draw(st.sampled_from(["x" * 40, "order", f"c{position}"]))
        checks.append({"name": f"{own}{position}", **draw(st.sampled_from(possible))})
    return checks


@st.composite
def _indexes(draw: st.DrawFn, fields: Tree) -> list[Tree]:
    able = [name for name, field in fields.items() if field.get("type") != "json"]
    rows = draw(
        st.lists(
            st.lists(st.sampled_from([*able, "status", "created_at"]), min_size=1, max_size=3, unique=True),
            max_size=2,
            unique_by=tuple,
        )
    )
    indexes: list[Tree] = []
    for row in rows:
        if len(row) == 1 and fields.get(row[0], {}).get("index"):
            continue
        names = list(fields)
        condition = draw(
            st.sampled_from([None, *(one for name in names for one in _conditions(name, fields[name]))])
        )
        indexes.append({"fields": row, **({"where": condition} if condition else {})})
    return indexes


@st.composite
def _uniques(draw: st.DrawFn, fields: Tree) -> list[Any]:
    able = [name for name, field in fields.items() if field.get("type") not in {"json", "boolean", "array"}]
    if not able:
        return []
    row = draw(st.lists(st.sampled_from(able), min_size=1, max_size=3, unique=True))
    if len(row) == 1 and fields[row[0]].get("unique"):
        return []
    return draw(st.sampled_from([[], [row], [{"fields": row, "while": "active"}]]))


@st.composite
def _tasks(draw: st.DrawFn, position: int) -> Tree:
    name = draw(st.sampled_from([*TASKS, "x" * 55]))
    retry = {
        "max_attempts": draw(st.integers(1, 9)),
        "backoff": draw(st.sampled_from(["exponential", "fixed"])),
        "base": draw(st.sampled_from(["0s", "1s", "15m"])),
        "cap": "1h",
        "retry_on": draw(st.lists(st.sampled_from(ERRORS), unique=True, max_size=2)),
        "give_up_on": draw(st.lists(st.sampled_from(GIVE_UP), unique=True, max_size=2)),
    }
    task: Tree = {
        "name": name if position == 0 else f"{name}_{position}",
        "async": draw(st.booleans()),
        "timeout": draw(st.sampled_from([{}, {"soft": "5m", "hard": "6m"}, {"hard": "90s"}])),
        "retry": {key: value for key, value in retry.items() if value != []},
    }
    if draw(st.booleans()):
        task["queue"] = draw(st.sampled_from(["prices", "a.b", "it's", "ü", "high priority"]))
    if draw(st.booleans()):
        task["stale_after"] = "6h"
    return task
