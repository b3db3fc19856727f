"""Two specs of one domain, for every kind of change that a spec can make."""

from dataclasses import dataclass, field

HEAD = "domain: order\nfields:\n  day: {type: date}\n"


@dataclass(frozen=True)
class Case:
    """Two specs of one domain, both below HEAD, and what their author says to it."""

    old: str
    new: str
    renamed: dict[str, str] = field(default_factory=dict)
    allow_drop: tuple[str, ...] = ()
    allow_rewrite: tuple[str, ...] = ()


CASES = {
    "a new column": Case("", "  price: {type: decimal, precision: 20, scale: 6}\n"),
    "a new column with everything": Case(
        "",
        "  kind: {type: enum, values: [a, \"it's\"], default: a, required: true, index: true, comment: 'x: y'}\n"
        "unique: [[kind, day]]\n",
    ),
    "a new column with a default that SQLite takes only in a new table": Case(
        "", "  moment: {type: datetime, default_sql: CURRENT_TIMESTAMP, required: true}\n"
    ),
    "a new json column whose default has colons": Case("", "  extra: {type: json, default: {a: 1, b: x}}\n"),
    "a dropped column and its index": Case(
        "  price: {type: integer, index: true, unique: true}\nchecks: [{name: p, field: price, op: '>', value: 0}]\n",
        "",
        allow_drop=("price",),
    ),
    "a dropped column that was required": Case(
        "  etf_id: {type: string, length: 12, required: true, references: etfs.id}\n",
        "",
        allow_drop=("etf_id",),
    ),
    "a renamed column in constraints and predicates": Case(
        "  price: {type: integer, index: true, unique: true}\n"
        "checks: [{name: pos, field: price, op: '>', value: 0}]\n"
        "indexes: [{fields: [day], where: {field: price, op: '=', value: 7}}]\n",
        "  order: {type: integer, index: true, unique: true}\n"
        "checks: [{name: pos, field: order, op: '>', value: 0}]\n"
        "indexes: [{fields: [day], where: {field: order, op: '=', value: 7}}]\n",
        renamed={"order": "price"},
    ),
    "two columns renamed in a row": Case(
        "  a: {type: integer, default: 1}\n  b: {type: integer, default: 2}\n",
        "  b: {type: integer, default: 1}\n  c: {type: integer, default: 2}\n",
        renamed={"b": "a", "c": "b"},
    ),
    "a longer string": Case("  s: {type: string, length: 12}\n", "  s: {type: string, length: 40}\n"),
    "a string that becomes text, with a default and a predicate": Case(
        "  s: {type: string, length: 12, default: x}\n"
        "indexes: [{fields: [day], where: {field: s, op: '=', value: x}}]\n",
        "  s: {type: text, default: x}\nindexes: [{fields: [day], where: {field: s, op: '=', value: x}}]\n",
    ),
    "a string that becomes text, with a list of values": Case(
        "  s: {type: string, length: 12}\nchecks: [{name: s, field: s, op: in, value: [x, y]}]\n",
        "  s: {type: text}\nchecks: [{name: s, field: s, op: in, value: [x, y]}]\n",
    ),
    "text that becomes a number": Case(
        "  n: {type: text, default: '5', required: true}\n",
        "  n: {type: integer, default: 6, required: true}\nchecks: [{name: n, field: n, op: '>', value: 0}]\n",
        allow_rewrite=("n",),
    ),
    "an integer that becomes a bigint, with a check": Case(
        "  n: {type: integer}\nchecks: [{name: n, field: n, op: '>', value: 0}]\n",
        "  n: {type: bigint}\nchecks: [{name: n, field: n, op: '>', value: 0}]\n",
        allow_rewrite=("n",),
    ),
    "more digits": Case(
        "  p: {type: decimal, precision: 10, scale: 2}\n", "  p: {type: decimal, precision: 20, scale: 2}\n"
    ),
    "a value more in an enum": Case(
        "  kind: {type: enum, values: [a, b], default: a}\n",
        "  kind: {type: enum, values: [a, b, c], default: b}\n",
    ),
    "a default that goes": Case("  n: {type: integer, default: 3}\n", "  n: {type: integer}\n"),
    "required and not any more": Case("  n: {type: integer, required: true}\n", "  n: {type: integer}\n"),
    "required from now on": Case(
        "  n: {type: integer, default: 3}\n", "  n: {type: integer, default: 3, required: true}\n"
    ),
    "a comment": Case("  n: {type: integer}\n", "  n: {type: integer, comment: 'how many: all'}\n"),
    "another predicate of an index": Case(
        "indexes: [{fields: [day], where: {field: day, is: 'null'}}]\n",
        "indexes: [{fields: [day], where: {field: day, is: not null}}]\n",
    ),
    "an index more and one less": Case(
        "indexes: [{fields: [day]}]\n", "indexes: [{fields: [status, day]}]\n"
    ),
    "one active row per day": Case("unique: [[day]]\n", "unique: [{fields: [day], while: active}]\n"),
    "more attempts": Case("", "task: {retry: {max_attempts: 5}}\n"),
    "a reference that cascades now": Case(
        "  e: {type: string, length: 12, references: etfs.id}\n",
        "  e: {type: string, length: 12, references: etfs.id, on_delete: cascade}\n",
    ),
    "a reference to a row of the same table by what is unique only now": Case(
        "  code: {type: string, length: 9}\n",
        "  code: {type: string, length: 9, unique: true}\n  of: {references: order_task_tracking.code}\n",
    ),
    "a renamed column that rows of the same table refer to": Case(
        "  code: {type: integer, unique: true}\n  of: {references: order_task_tracking.code}\n",
        "  key: {type: bigint, unique: true}\n  of: {references: order_task_tracking.key}\n",
        renamed={"key": "code"},
        allow_rewrite=("key", "of"),
    ),
    "a reference within the table that goes with its key": Case(
        "  code: {type: text, unique: true}\n  of: {references: order_task_tracking.code}\n",
        "  code: {type: integer}\n",
        allow_drop=("of",),
        allow_rewrite=("code",),
    ),
    "much at once": Case(
        "  a: {type: integer, default: 1, index: true}\n  b: {type: text, unique: true}\n"
        "  c: {type: string, length: 5}\n",
        "  aa: {type: bigint, required: true, default: 2, index: true}\n  c: {type: string, length: 9, default: ''}\n"
        "  d: {type: array, items: string}\nunique: [[c, day]]\n",
        renamed={"aa": "a"},
        allow_drop=("b",),
        allow_rewrite=("aa",),
    ),
}
