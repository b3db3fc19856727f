"""Specs of what a generator gets wrong: every field type, reserved words, quotes, no fields at all."""

QUEUE = r'''
domain: queue
description: |
  Says "hello" with a \ backslash, a """ and 'quotes'. It is long enough to need a second sentence,
  which goes over the line's end.
fields:
  type: {type: string, length: 10, required: true, comment: "a 'comment' with: colon"}
  order: {type: integer, default: 3, index: true}
  json: {type: json, default: {a: 1}}
  empty: {type: json, required: true, default: {}}
  schema: {type: text}
  big: {type: bigint, required: true}
  flag: {type: boolean, default: true, required: true}
  at: {type: datetime}
  wait: {type: interval}
  amount: {type: decimal, precision: 10, scale: 2, default: "1.50"}
  ratio: {type: float}
  token: {type: uuid, unique: true}
  kind: {type: enum, values: [1st, in-progress, "None", mro, "it's"], default: 1st, required: true}
  tags: {type: array, items: string}
  raw: {type: bytes}
  etf_id: {references: etfs.id}
  user: {type: string, default_sql: "'x:y'"}
  klass: {type: string, column: class}
  commit: {type: string}
  task: {type: string}
unique: [[big, kind], {fields: [user], while: active}]
checks:
  - {name: amount_range, field: amount, op: ">=", value: "0.5"}
  - {name: kinds, field: kind, op: in, value: [1st, mro]}
indexes: [{fields: [order, type]}, {fields: [user], where: {field: type, op: "=", value: "a:b"}}]
task:
  name: select
  async: true
  retry: {retry_on: [json.JSONDecodeError, ValueError], give_up_on: [KeyError], backoff: fixed}
'''

TEST_RUN = """
domain: test_run
fields:
  kind: {type: enum, values: [a, b]}
  void: {type: integer}
  joined: {type: string, default_sql: "'a' || 'b'"}
  legacy_id: {type: integer, unique: true}
unique: [[kind, void]]
checks: [{name: void, field: void, is: "null"}]
task:
  name: test_it
  retry: {max_attempts: 1, base: 0s, retry_on: [urllib.error.URLError]}
"""
"""What pytest would take for tests; one attempt, no wait before the next, an error that says nothing of itself."""

TRACKING = "domain: tracking\ntask: {name: values}\n"
"""A domain and a task whose names generated modules and services have already."""

BARE = "domain: bare\n"
