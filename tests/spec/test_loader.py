"""What a spec may not say: every mistake at its exact place, all of them at once."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.spec.loader import MOST_ERRORS, LoadedSpec, load_spec

Mistakes = Callable[[str], list[str]]
Load = Callable[[str], LoadedSpec]
NAME_RULE = "a name is of lower-case letters, digits and _, and starts with a letter"


def with_fields(*lines: str) -> str:
    return "domain: d\nfields:\n" + "".join(f"  {line}\n" for line in lines)


REFUSED = {
    "no mapping but a list": (
        "- a\n",
        ["1:1 a spec is a mapping that starts with `domain:`; this one is a list"],
    ),
    "an empty file": ("", ["1:1 a spec is a mapping that starts with `domain:`; this one is empty"]),
    "plain text": ("text\n", ["1:1 a spec is a mapping that starts with `domain:`; this one is plain text"]),
    "broken YAML": (
        "domain: [d\n",
        ["2:1 this is no YAML: did not find expected ',' or ']' (while parsing a flow sequence)"],
    ),
    "two documents": ("domain: d\n---\ndomain: e\n", ["2:1 a spec file holds one document"]),
    "no domain": ("description: x\n", ["1:1 the spec needs the key 'domain'"]),
    "a domain without a value": ("domain:\n", ["1:8 domain: there is no value; text is wanted"]),
    "a domain of 38 characters": (
        f"domain: {'d' * 38}\n",
        [f"1:9 domain: '{'d' * 38}' has 38 characters; a domain has at most 37"],
    ),
    "a domain in capitals": ("domain: ETFPrice\n", [f"1:9 domain: 'ETFPrice' is no name: {NAME_RULE}"]),
    "a domain with a letter beyond ASCII": (
        "domain: prix_étf\n",
        ["1:9 domain: 'prix_étf' has the character U+00E9; names are of ASCII letters, digits and _"],
    ),
    "an alias and its anchor": (
        "domain: &a d\ndescription: *a\n",
        ["1:9 the anchor &a is not allowed", "2:14 the alias *a is not allowed"],
    ),
    "a tag": ("domain: !!str d\n", ["1:9 the tag !!str is not allowed"]),
    "a tag that makes an object": (
        "domain: d\ndescription: !!python/object/apply:os.system [id]\n",
        ["2:14 the tag !!python/object/apply:os.system is not allowed"],
    ),
    "a key that stands there twice, and another mistake": (
        "domain: d\ndomain: e\nfoo: x\n",
        ["2:1 the key 'domain' stands here twice: first in line 1", "3:1 the spec has no key 'foo'"],
    ),
    "a key of a field that stands there twice": (
        with_fields("a: {type: string, required: true, required: false}"),
        ["3:37 the key 'required' stands here twice: first in line 3"],
    ),
    "a key that is a list": ("? [a]\n: b\n", ["1:3 a key is a name, not a list or a mapping"]),
    "an equals sign as a key": ("=: 3\ndomain: d\n", ["1:1 the spec has no key '='"]),
    "a direction control as it stands": (
        "domain: d\ndescription: a\u202eb\n",
        ["2:15 U+202E is a text direction control, which a spec may not contain"],
    ),
    "a direction control by escape": (
        'domain: d\ndescription: "a\\u202eb"\n',
        ["2:14 U+202E is a text direction control, which a spec may not contain"],
    ),
    "a NUL by escape": (
        'domain: d\ndescription: "a\\0b"\n',
        ["2:14 U+0000 is a control or invisible character, which a spec may not contain"],
    ),
    "a tab as indentation": (
        "domain: d\n\tfields: a\n",
        [
            "2:1 this is no YAML: found a tab character that violates indentation (while scanning a plain scalar)"
        ],
    ),
    "base columns, SQLAlchemy's, pydantic's and Python's names as fields": (
        with_fields(
            "status: {type: string}",
            "metadata: {type: json}",
            "registry: {type: string}",
            "model_x: {type: string}",
            "__init__: {type: string}",
            "class: {type: string}",
            "task_metadata: {type: json}",
        ),
        [
            "3:3 the field 'status' would shadow the base column of that name",
            "4:3 the field 'metadata' would shadow the base column of that name",
            "5:3 'registry' belongs to SQLAlchemy's models",
            "6:3 'model_x' starts with model_, which pydantic keeps for itself",
            f"7:3 fields.__init__: '__init__' is no name: {NAME_RULE}",
            "8:3 'class' is a keyword of Python",
            "9:3 the field 'task_metadata' would shadow the base column of that name",
        ],
    ),
    "fields that become one attribute or one column": (
        with_fields(
            "type: {type: string}",
            "type_: {type: string}",
            "a: {type: string, column: B}",
            "b: {type: string}",
        ),
        [
            "4:3 the fields 'type' and 'type_' both become the attribute 'type_'",
            "6:3 the fields 'a' and 'b' both become the column 'b'",
        ],
    ),
    "a column of the base structure": (
        with_fields("state: {type: string, column: Status}"),
        ["3:33 the column 'Status' belongs to the base structure"],
    ),
    "words of SQL that SQLAlchemy leaves as they are": (
        with_fields("lateral: {type: string}", "a: {type: string, column: Returning}"),
        [
            "3:3 'lateral' is a word of SQL that SQLAlchemy does not quote",
            "4:29 'Returning' is a word of SQL that SQLAlchemy does not quote",
        ],
    ),
    "a class that trackwright has already": (
        "domain: d\nnames: {class: BaseTask}\n",
        ["2:16 the class BaseTaskTracking is there already, in trackwright itself"],
    ),
    "names of more than 63 bytes": (
        with_fields(f"{'f' * 64}: {{type: string}}", f"g: {{type: string, column: {'c' * 64}}}"),
        [
            f"3:3 '{'f' * 64}' has 64 bytes; PostgreSQL keeps 63 of a name",
            f"4:29 '{'c' * 64}' has 64 bytes; PostgreSQL keeps 63 of a name",
        ],
    ),
    "types and keys that do not go together": (
        with_fields(
            "a: {type: strng}",
            "b: {length: 3}",
            "c: {type: string, precision: 3}",
            "d: {type: decimal}",
            "e: {type: enum, values: [a-b, a_b]}",
            "f: {type: array}",
            "g: {type: enum, values: []}",
            "h: {type: array, items: decimal}",
            "i: {type: decimal, precision: 2, scale: 3}",
            "j: {type: string, lenght: 3}",
            "k: string",
        ),
        [
            "3:13 there is no field type 'strng'",
            "4:3 the field 'b' needs a `type`",
            "4:7 `length` has no meaning without a `type`",
            "5:21 a field of type string has no `precision`",
            "6:3 d: a decimal needs `precision`",
            "7:27 e: the values 'a-b' and 'a_b' both give the member name A_B",
            "8:3 f: an array needs `items`",
            "9:27 fields.g.values: the list is empty",
            "10:27 h: an array of decimal is not supported",
            "11:43 i: scale 3 is larger than precision 2, which counts all digits",
            "12:21 fields.j has no key 'lenght'",
            "13:6 fields.k: a mapping is wanted, not 'string'",
        ],
    ),
    "defaults that are none of their type": (
        with_fields(
            "a: {type: decimal, precision: 20, scale: 6, default: 1.5}",
            "b: {type: integer, default: x}",
            "c: {type: date, default: 2026-13-01}",
            "d: {type: string, length: 2, default: abc}",
            "e: {type: datetime, default: now()}",
            "f: {type: bigint, default: 9223372036854775808}",
            "g: {type: json, default: '{}'}",
            "h: {type: boolean, default: yes}",
            "i: {type: decimal, precision: 4, scale: 2, default: '100.1'}",
            "j: {type: float, default: .inf}",
            "k: {type: uuid, default: abc}",
            "l: {type: enum, values: [open, closed], default: opne}",
            "m: {type: array, items: string, default: [a]}",
            "n: {type: integer, default: [1]}",
        ),
        [
            "3:56 default of a: a decimal written as a float (1.5) loses its exact value in YAML",
            "4:31 default of b: a whole number is wanted, not 'x'",
            "5:28 default of c: a date such as 2026-01-31 is wanted, not '2026-13-01'",
            "6:41 default of d: 'abc' has 3 characters; `length` allows 2",
            "7:32 default of e: a moment cannot be written as a literal that every database reads alike",
            f"8:30 default of f: {2**63} does not fit: the column holds {-(2**63)} to {2**63 - 1}",
            "9:28 default of g: a mapping is wanted, such as {} or {retries: 3}",
            "10:31 default of h: true or false is wanted, not 'yes'",
            "11:55 default of i: 100.1 has 3 digits before the point; precision 4 and scale 2 allow 2",
            "12:29 default of j: a finite number such as 0.5 is wanted, not '.inf'",
            "13:28 default of k: a UUID such as 123e4567-e89b-12d3-a456-426614174000 is wanted, not 'abc'",
            "14:52 default of l: 'opne' is none of the values",
            "15:44 default of m: a list cannot be written as a literal that every database reads alike",
            "16:31 default of n: a whole number is wanted, not a list",
        ],
    ),
    "SQL defaults beside a literal, or more than an expression": (
        with_fields(
            "a: {type: string, default: x, default_sql: now()}",
            "b: {type: string, default_sql: 'x; drop'}",
            'c: {type: string, default_sql: "\'x"}',
            "d: {type: string, default_sql: 'f('}",
        ),
        [
            "3:33 a has both `default` and `default_sql`",
            "4:34 b: `default_sql` is one expression: no semicolon, comment or line break",
            "5:34 c: `default_sql` has a quote that is not closed",
            "6:34 d: `default_sql` has parentheses that do not match",
        ],
    ),
    "references that say too little": (
        with_fields(
            "a: {external: true, references: etfs.id}",
            "b: {type: string, on_delete: cascade}",
            "c: {type: string, references: etfs}",
            "d: {type: integer, required: true, references: e.id, on_delete: set null}",
        ),
        [
            "3:7 the type of an external table's column cannot be found",
            "4:21 `on_delete` has no meaning without `references`",
            "5:33 fields.c.references: 'etfs' is no reference of the form table.column",
            "6:67 `on_delete: set null` cannot be done in a field that is required",
        ],
    ),
    "rules over fields that are not there, or said twice": (
        with_fields("a: {type: string, unique: true}")
        + "unique: [[a, b], {fields: [a, a]}, [a], {fields: [a], whyle: active}]\n"
        + "indexes: [{fields: [a]}, {fields: [a]}]\n",
        [
            "4:14 there is no field 'b'",
            "4:31 the field 'a' stands here twice",
            "4:36 this says again what the field itself says",
            "4:55 unique[3] has no key 'whyle'",
            "5:26 this says again what indexes[0] says",
        ],
    ),
    "conditions that cannot be": (
        with_fields("a: {type: string}", "n: {type: integer}")
        + "checks:\n"
        + "  - {name: x, field: aa, op: '=', value: 1}\n"
        + "  - {name: x, field: a, op: '<', value: b}\n"
        + "  - {name: y, field: a}\n"
        + "  - {name: z, field: a, op: '==', value: b}\n"
        + "  - {name: u, field: n, op: in, value: 3}\n"
        + "  - {name: v, field: n, op: '=', value: b}\n"
        + "  - {name: w, field: n, is: 'null', value: b}\n"
        + "  - {field: n, op: '=', value: 1}\n"
        + "indexes: [{fields: [a], where: {field: created_at, op: '=', value: 2026-01-01}}]\n",
        [
            "6:22 there is no field 'aa'",
            "7:12 two checks are named 'x'",
            "7:29 a is of type string, which cannot be compared by '<' in the same way on every database",
            "8:5 a condition has either `op` with `value`, or `is`",
            "9:29 checks[3].op: '==' is not one of =, !=, <, <=, >, >=, in",
            "10:40 value for n: `in` wants a list of values",
            "11:41 value for n: a whole number is wanted, not 'b'",
            "12:37 `is` takes no `value`",
            "13:5 checks[7] needs the key 'name'",
            "14:56 created_at is of type datetime, which cannot be compared by '=' in the same way on every database",
        ],
    ),
    "a task whose times and names cannot be": (
        """\
domain: d
task:
  name: 1x
  retrry: {max_attempts: 3}
  retry: {max_attempts: 0, base: 60, backoff: expo, retry_on: [Foo, OSError, OSError, a.class]}
  async: no
  timeout: {soft: 6m, hard: 5m}
  stale_after: 3m
""",
        [
            f"3:9 task.name: '1x' is no name: {NAME_RULE}",
            "4:3 task has no key 'retrry'",
            "5:25 task.retry.max_attempts: 0 is too small: 1 at the least",
            "5:34 task.retry.base: a duration is wanted, such as 90s, 15m, 6h or 30d, not '60'",
            "5:47 task.retry.backoff: 'expo' is not one of exponential, fixed",
            "5:64 'Foo' is no exception of Python's own",
            "5:78 'OSError' stands here twice",
            "5:87 'a.class' has a keyword of Python in it",
            "6:10 task.async: true or false is wanted, not 'no'",
            "7:19 the soft limit is not below the hard one, so it would never be noticed",
            "8:16 stale_after is not above the hard time limit: a row that still runs would count as dead",
        ],
    ),
    "a cap below the base, a keyword as task": (
        "domain: d\ntask: {name: class, retry: {base: 2h}}\n",
        ["2:14 'class' is a keyword of Python", "2:35 the cap (3600s) is below the base (7200s)"],
    ),
    "renames, legacy rows and permissions that point nowhere": (
        with_fields(
            "a: {type: string, renamed_from: b}",
            "b: {type: string}",
            "c: {type: string, renamed_from: status}",
        )
        + "legacy: {table: t, status: {x: PENDIN}, fields: {y: aa}}\n"
        + "adopt: {table: t, rename: {e: errormessage}}\n"
        + "allow_rewrite: [bb]\n"
        + "allow_drop: [status]\n",
        [
            "3:35 'b' is still a field, so 'a' cannot have been renamed from it",
            "5:35 'status' is a base column, which cannot be renamed",
            "6:32 there is no status 'PENDIN'",
            "6:53 there is no field 'aa'",
            "7:31 there is no field 'errormessage'",
            "8:17 there is no field 'bb'",
            "9:14 'status' is a base column, which every domain keeps",
        ],
    ),
    "a key without a value where one is wanted": (
        "domain: d\nfields:\n",
        ["2:8 fields: there is no value; a mapping is wanted"],
    ),
    "mistakes in parts of one name": (
        "domain: d\nunique: d\nindexes: [d]\nadopt: {indexes: d}\n",
        [
            "2:9 unique: a list is wanted, not 'd'",
            "3:11 indexes[0]: a mapping is wanted, not 'd'",
            "4:1 adopt needs the key 'table'",
            "4:9 adopt has no key 'indexes'",
        ],
    ),
    "a field with a mistake that a check names": (
        with_fields("price: {type: decimal, precision: x, scale: 2}", "day: {type: date}")
        + "checks: [{name: c, field: price, op: '>', value: 0}, {name: e, field: prise, is: 'null'}]\n",
        [
            "3:37 fields.price.precision: a whole number is wanted, not 'x'",
            "5:71 there is no field 'prise'",
        ],
    ),
    "limits of nothing, a long name, an exception in both lists": (
        (
            "domain: d\ntask:\n"
            f"  name: {'r' * 64}\n"
            "  timeout: {soft: 0s, hard: 10s}\n"
            "  stale_after: 0s\n"
            "  retry: {retry_on: [OSError], give_up_on: [OSError]}\n"
        ),
        [
            "3:9 a task's name has at most 63 characters, not 64",
            "4:19 a time limit of nothing stops every task at once",
            "5:16 stale_after: 0s takes every running row for a dead one",
            "6:45 'OSError' is also in retry_on",
        ],
    ),
    "conditions without a value and with a long name": (
        with_fields("n: {type: integer}")
        + f"checks: [{{name: {'c' * 64}, field: n, op: '>', value: 0}}, {{name: c, field: n, op: '>'}}]\n",
        [
            f"4:17 '{'c' * 64}' has 64 bytes; a name has at most 63",
            "4:137 `op: '>'` needs a `value`",
        ],
    ),
    "what fields' own types refuse": (
        with_fields(
            "a: {type: array, items: integer, length: 3}",
            "b: {type: decimal, precision: 5, scale: 2, default: ten}",
            "c: {type: decimal, precision: 5, scale: 2, default: '1.234'}",
            "d: {type: enum, values: [one, one]}",
            "e: {type: enum, values: [one, three], length: 3}",
            "f: {type: string, default_sql: ' '}",
        ),
        [
            "3:44 a: `length` says nothing about items of type integer",
            "4:55 default of b: a decimal such as \"10.50\" is wanted, not 'ten'",
            "5:55 default of c: 1.234 has 3 digits after the point; `scale` allows 2",
            "6:27 d: the value 'one' stands there twice",
            "7:49 e: length 3 is too short for the value 'three'",
            "8:34 f: `default_sql` is empty",
        ],
    ),
    "two fields that are renamed from one, two enums of one class": (
        with_fields(
            "x: {type: string, renamed_from: a}",
            "y: {type: string, renamed_from: a}",
            "kind_of: {type: enum, values: [u]}",
            "kind__of: {type: enum, values: [u]}",
        ),
        [
            "4:35 'x' is renamed from 'a' too",
            "6:3 the fields 'kind_of' and 'kind__of' both become the class 'DKindOf'",
        ],
    ),
    "a key longer than any": (
        f"domain: d\n{'k' * 300}: x\n",
        ["2:1 a key has at most 255 characters, not 300"],
    ),
    "a quoted number and a quoted flag": (
        "domain: d\ntask: {async: 'true', retry: {max_attempts: '3'}}\n",
        [
            "2:15 task.async: true or false is wanted, not the quoted text 'true': write it without quotes",
            "2:45 task.retry.max_attempts: a number is wanted, not the quoted text '3': write it without quotes",
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, mistakes: Mistakes) -> None:
    text, expected = REFUSED[case]
    assert mistakes(text) == expected


def test_a_message_shows_the_line_the_place_and_the_nearest_name(load: Load, tmp_path: Path) -> None:
    with pytest.raises(ToolErrors) as caught:
        load(with_fields("price: {type: decmal, precision: 3, scale: 1}"))
    assert str(caught.value).splitlines() == [
        f"{tmp_path / 's.yaml'}:3:17: there is no field type 'decmal'",
        "  3 |   price: {type: decmal, precision: 3, scale: 1}",
        "    |                 ^^^^^^",
        "  hint: did you mean 'decimal'?",
    ]


def test_a_long_line_is_shown_around_the_place(load: Load) -> None:
    with pytest.raises(ToolErrors) as caught:
        load(f"domain: d\nfields: {{a: {{type: string, comment: {'x' * 3000}, lenght: 3}}}}\n")
    excerpt = caught.value.errors[0].excerpt or ""
    shown, marks = excerpt.splitlines()
    assert len(shown) < 200
    assert shown[marks.index("^") :].startswith("lenght: 3")
    assert marks.count("^") == len("lenght")


HOSTILE = {
    "nested 500 deep": "domain: d\nfields: " + "[" * 500 + "]" * 500 + "\n",
    "nested 100 000 deep": "domain: d\nfields: " + "[" * 100_000,
    "nested 3 000 deep by indentation": "".join(f"{' ' * depth}a:\n" for depth in range(1200)),
    "billion laughs": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
    "an anchor within itself": "domain: &a [*a]\n",
    "a merge key": "domain: d\n<<: {description: x}\n",
    "a value of 20 000 characters": f"domain: d\ndescription: {'x' * 20_000}\n",
    "a key of 20 000 characters": f"{'x' * 20_000}: d\n",
    "900 000 keys of one letter": "domain: d\n" + "a: 1\n" * 180_000,
    "10 000 unknown fields": "domain: d\nfields:\n"
    + "".join(f"  f{n}: {{tipe: x}}\n" for n in range(10_000)),
    "a number of 9 000 digits": f"domain: d\ntask: {{retry: {{max_attempts: {'9' * 9000}}}}}\n",
    "a decimal of 9 000 digits": with_fields(
        f"a: {{type: decimal, precision: 9, scale: 2, default: {'9' * 9000}}}"
    ),
    "only a directive": "%YAML 9.9\n---\n",
    "an unknown directive": "%FOO bar\n---\n- x\n",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_refused_quickly_with_a_message(case: str, load: Load) -> None:
    started = time.process_time()  # a machine with much else to do is no slower loader
    with pytest.raises((ToolError, ToolErrors)) as caught:
        load(HOSTILE[case])
    assert time.process_time() - started < 10
    assert len(str(caught.value).splitlines()) <= 4 * (MOST_ERRORS + 1)


HOSTILE_BYTES = {
    "more than a megabyte": (b"domain: d\n" + b"#" * 1_000_000, "bytes; at most 1000000 are read"),
    "no UTF-8": (b"domain: d\ndescription: \xff\n", "2:1: byte 0xff is no UTF-8"),
    "UTF-16": ("domain: d\n".encode("utf-16"), "is no UTF-8"),
    "a NUL byte": (b"domain: d\x00\n", "U+0000"),
}


@pytest.mark.parametrize("case", HOSTILE_BYTES)
def test_bytes_that_are_no_text(case: str, tmp_path: Path) -> None:
    data, message = HOSTILE_BYTES[case]
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    with pytest.raises((ToolError, ToolErrors)) as caught:
        load_spec(path)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ToolError) as caught:
            load_spec(path)
        assert str(caught.value).startswith(f"{path}:1:1: cannot be read: ")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfdomain: d\r\ndescription: x\r\n")
    assert load_spec(path).description == "x"


YAML_WORDS = [
    "no",
    "Off",
    "yes",
    "on",
    "012",
    "1:30",
    "12:30:45",
    "1e3",
    "1_000",
    "0x1F",
    "2026-01-31",
    "=",
    "<<",
    ".5",
]


def test_what_yaml_1_1_reads_as_something_else_is_the_text_that_stands_there(load: Load) -> None:
    """Values of enums, defaults, comments, words of old tables; PyYAML makes flags, numbers and dates of them."""
    listed = ", ".join(YAML_WORDS)
    lines = [f"a: {{type: enum, values: [{listed}], default: no}}"]
    lines += [f"t{n}: {{type: text, default: {word}}}" for n, word in enumerate(YAML_WORDS)]
    text = "domain: d\nfields:\n  b: {type: date, default: 2026-01-31}\n"
    text += "".join(f"  {line}\n" for line in lines)
    text += "legacy: {table: t, task_type: on, status: {no: FAILED, 1e3: PENDING, 012: COMPLETED}}\n"
    spec = load(text).spec
    assert spec.fields["a"].values == tuple(YAML_WORDS)
    assert spec.fields["a"].default == "no"
    assert [spec.fields[f"t{n}"].default for n in range(len(YAML_WORDS))] == YAML_WORDS
    assert spec.fields["b"].default == dt.date(2026, 1, 31)
    assert spec.legacy is not None
    assert spec.legacy.task_type == "on"
    assert list(spec.legacy.status) == ["no", "1e3", "012"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("\ufb01eld", "U+FB01", id="which Python folds to another name, and databases do not"),
        pytest.param("pr\u0456ce", "U+0456", id="which looks like a Latin letter"),
        pytest.param("a\u0301", "U+0301", id="which is put onto the letter before"),
    ],
)
def test_a_letter_beyond_ascii_is_named(name: str, code: str, mistakes: Mistakes) -> None:
    (message,) = mistakes(with_fields(f"{name}: {{type: string}}"))
    assert message.startswith("3:3 ")
    assert f"has the character {code}; names are of ASCII letters, digits and _" in message
