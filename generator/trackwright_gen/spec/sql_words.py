"""The words that PostgreSQL or SQLite reads as something else than a column's name unless they are quoted.

Those of SQLAlchemy 2.0 and 2.1, which quotes names in models by them; written down, so that a predicate's text, and
with it a table's snapshot, does not depend on the SQLAlchemy that is installed, and need not import it.
"""

_WORDS = """
add after all alter analyse analyze and any array as asc asymmetric attach authorization autoincrement before
begin between binary both by cascade case cast check collate column commit conflict constraint create cross
current_catalog current_date current_role current_schema current_time current_timestamp current_user database
default deferrable deferred delete desc detach distinct do drop each else end escape except exclusive exists
explain fail false fetch for foreign freeze from full glob grant group having if ignore ilike immediate in
index indexed initially inner insert instead intersect into is isnull join key leading left like limit
localtime localtimestamp match natural new not notnull null of off offset old on only or order outer over
overlaps placing plan pragma primary query raise references reindex rename replace restrict returning right
rollback row select session_user set similar some symmetric table temp temporary then to trailing transaction
trigger true union unique update user using vacuum values variadic verbose view virtual when where window with
"""
RESERVED_WORDS = frozenset(_WORDS.split())

UNQUOTED_WORDS = frozenset(
    {"collation", "concurrently", "lateral", "nothing", "returning", "system_user", "tablesample"}
)
"""Words that PostgreSQL or SQLite refuses as a column's name and that SQLAlchemy does not quote for it."""
