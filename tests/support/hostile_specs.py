"""Specs of somebody who means harm: in every place of a spec, what would break out of it where it is pasted."""

from typing import Any

import yaml
from hypothesis import strategies as st

MARK = "pwned"
"""In every payload: nothing but text may ever hold it."""
TOUCH = f'__import__("pathlib").Path("{MARK}").touch()'
BREAKS = [
    f'"""\n{TOUCH}\n"""',
    f"'''\n{TOUCH}\n'''",
    f'"\n{TOUCH}\n"',
    f'")\n{TOUCH} #',
    f"')\n{TOUCH} #",
    f"\\\n{TOUCH}",
    f"{MARK}\\",
    f'{MARK}"',
    f"\n\n{TOUCH}\n",
    f"\r{TOUCH}\r",
    f"{{{{ {TOUCH} }}}}",
    f"{{{{ cycler.__init__.__globals__.os.system('touch {MARK}') }}}}",
    f"{{% include '/etc/passwd' %}}{MARK}",
    f"${{{TOUCH}}}",
    f"<% {TOUCH} %>",
    f"%s %(x)s {{0.__class__}} {MARK}",
    f"'; DROP TABLE etfs; -- {MARK}",
    f"x' || (SELECT {MARK}) || '",
    f":{MARK}",
    f"\\:{MARK}",
    f"a, b): {TOUCH} #",
    f"```\n<script>{MARK}</script>",
]
PATHS = [
    f"../{MARK}",
    f"../../{MARK}",
    f"/tmp/{MARK}",  # noqa: S108 -- never written, which is the test
    f"..\\{MARK}",
    f"{MARK}/../../x",
    f"{MARK}.py",
    f"~/{MARK}",
    f"C:{MARK}",
]
UNSEEN = [
    f"{MARK}{character}" for character in "\u202e\u2066\u200b\u0000\u0007\u001b\u0085\u2028\ufeff\uffff"
]
PAYLOADS = st.sampled_from([*BREAKS, *PATHS, *UNSEEN])

FIELD = {"type": "string", "length": 200}
PLACES: list[Any] = [
    lambda bad: {"domain": bad},
    lambda bad: {"description": bad},
    lambda bad: {"names": {"class": bad}},
    lambda bad: {"fields": {bad: FIELD}},
    lambda bad: {"fields": {"a": {**FIELD, "comment": bad}}},
    lambda bad: {"fields": {"a": {**FIELD, "default": bad}}},
    lambda bad: {"fields": {"a": {**FIELD, "default_sql": bad}}},
    lambda bad: {"fields": {"a": {**FIELD, "default_sql": f"'{bad}'"}}},
    lambda bad: {"fields": {"a": {**FIELD, "column": bad}}},
    lambda bad: {"fields": {"a": {"type": bad}}},
    lambda bad: {"fields": {"a": {"references": bad}}},
    lambda bad: {"fields": {"a": {"references": f"etfs.{bad}"}}},
    lambda bad: {"fields": {"a": {"type": "enum", "values": [bad, "b"], "default": bad}}},
    lambda bad: {"fields": {"a": {"type": "json", "default": {bad: [bad]}}}},
    lambda bad: {"fields": {"a": {"type": "text", "default": bad}}, "checks": [_check("a", bad)]},
    lambda bad: {"fields": {"a": FIELD}, "checks": [{**_check("a", "x"), "name": bad}]},
    lambda bad: {
        "fields": {"a": FIELD},
        "indexes": [{"fields": ["a"], "where": {**_check("a", bad, named=False)}}],
    },
    lambda bad: {"fields": {"a": FIELD}, "unique": [[bad]]},
    lambda bad: {"task": {"name": bad}},
    lambda bad: {"task": {"queue": bad}},
    lambda bad: {"task": {"timeout": {"soft": bad}}},
    lambda bad: {"task": {"retry": {"retry_on": [bad]}}},
    lambda bad: {"task": {"retry": {"give_up_on": [f"json.{bad}"]}}},
    lambda bad: {"legacy": {"table": bad}},
    lambda bad: {
        "legacy": {"table": "old", "task_type": bad, "status": {bad: "FAILED"}, "fields": {bad: "id"}}
    },
    lambda bad: {bad: bad},
]


def _check(field: str, value: str, *, named: bool = True) -> dict[str, Any]:
    condition = {"field": field, "op": "!=", "value": value}
    return {"name": "c", **condition} if named else condition


def _text(tree: Any) -> str:
    return yaml.safe_dump({"domain": "victim", **tree}, allow_unicode=False, sort_keys=False)


PASTED = st.builds(lambda place, bad: _text(place(bad)), st.sampled_from(PLACES), PAYLOADS)
RAW = st.builds(
    lambda place, bad: f"domain: victim\n{place}".replace("BAD", bad),
    st.sampled_from(
        [
            "description: BAD\n",
            "BAD: x\n",
            "fields: {BAD: {type: text}}\n",
            "fields:\n  a: {type: text, comment: BAD}\n",
            "# BAD\n",
            "description: |\n  BAD\n",
        ]
    ),
    PAYLOADS,
)
TAGS = st.sampled_from(
    [
        f'!!python/object/apply:os.system ["touch {MARK}"]',
        f"!!python/object/new:pathlib.Path [{MARK}]",
        "!!python/name:os.system",
        "!!python/module:os",
        f"!!binary {MARK}",
        f"!{MARK} x",
        f"!!timestamp {MARK}",
    ]
).map(lambda tag: f"domain: victim\ndescription: {tag}\n")
LAUGHS = st.builds(
    lambda depth, width: (
        "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, depth))
        + "domain: victim\n"
    ),
    st.integers(2, 40),
    st.integers(2, 12),
)
DEEP = st.builds(
    lambda opening, depth: f"domain: victim\nfields: {opening * depth}",
    st.sampled_from(["[", "{a: ", "- ", "? ", "&a [", "!!map {a: "]),
    st.integers(10, 30_000),
)
HUGE = st.builds(
    lambda place, size: place.replace("BAD", "x" * size),
    st.sampled_from(
        [
            "domain: BAD\n",
            "domain: victim\ndescription: BAD\n",
            "domain: victim\nBAD: 1\n",
            "# BAD\ndomain: victim\n",
        ]
    ),
    st.sampled_from([300, 9_999, 10_001, 999_000, 1_100_000]),
)
HOSTILE = st.one_of(PASTED, PASTED, PASTED, RAW, TAGS, LAUGHS, DEEP, HUGE, st.text(max_size=200))

EVERYWHERE = "".join(one for one in BREAKS if "\r" not in one)
ACCEPTED: dict[str, Any] = {
    "domain": "victim",
    "description": EVERYWHERE,
    "fields": {
        "a": {"type": "text", "default": EVERYWHERE, "comment": EVERYWHERE},
        "b": {"type": "enum", "values": [f"{n} {one}" for n, one in enumerate(BREAKS) if "\r" not in one]},
        "c": {"type": "json", "default": {EVERYWHERE[:200]: [EVERYWHERE]}},
        "d": {"type": "string", "comment": "x"},
    },
    "checks": [{"name": "c", "field": "d", "op": "!=", "value": EVERYWHERE}],
    "indexes": [{"fields": ["d"], "where": {"field": "d", "op": "=", "value": EVERYWHERE}}],
    "task": {"queue": EVERYWHERE},
    "legacy": {"table": "old", "task_type": EVERYWHERE, "status": {EVERYWHERE[:200]: "FAILED"}},
}
"""All payloads at once, in every place that takes any text."""
