"""The pooler's suite: only `make test-pgbouncer` names a PgBouncer, and without one there is nothing to collect."""

import os

collect_ignore_glob = [] if os.environ.get("TRACKWRIGHT_PGBOUNCER") else ["test_*.py"]
