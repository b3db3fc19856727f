"""A real PgBouncer before a PostgreSQL server, on a free loopback port, ended with its user."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from servers import free_port
from workers import wait_until

KEEPS_PREPARED = (1, 21)
"""From this version on it can keep prepared statements apart."""


@dataclass(frozen=True, slots=True)
class Pooler:
    """Where it listens, and how many connections it has behind itself at most."""

    port: int
    size: int

    def url(self, database: str, driver: str = "psycopg") -> str:
        """A database through it."""
        return f"postgresql+{driver}://postgres@127.0.0.1:{self.port}/{database}"


def version(program: str) -> tuple[int, int]:
    """Which PgBouncer a program is."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", told)
    assert found, told
    return int(found[1]), int(found[2])


@contextmanager
def pgbouncer(program: str, server_url: str, *, size: int, prepared: int = 0) -> Iterator[Pooler]:
    """Transaction pooling over `size` connections; `prepared` statements kept, where it can."""
    folder = Path(tempfile.mkdtemp(prefix="twbouncer-"))
    pooler = Pooler(free_port(), size)
    behind = conninfo_to_dict(server_url.replace("+psycopg", "", 1))
    keeps = [f"max_prepared_statements = {prepared}"] if prepared else []
    lines = [
        "[databases]",
        f"* = host={behind['host']} port={behind.get('port', 5432)} user=postgres",
        "[pgbouncer]",
        *("listen_addr = 127.0.0.1", f"listen_port = {pooler.port}", "unix_socket_dir ="),
        *("auth_type = any", "pool_mode = transaction", "max_client_conn = 200"),
        *(f"default_pool_size = {size}", "ignore_startup_parameters = extra_float_digits", *keeps),
    ]
    (folder / "pgbouncer.ini").write_text("\n".join([*lines, ""]))
    folder.chmod(0o755)
    # It refuses to run as root, as whom a container often runs; the server's own user reaches the server's socket.
    user = ["-u", Path(str(behind["host"])).owner()] if os.getuid() == 0 else []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *user, str(folder / "pgbouncer.ini")], stdout=log, stderr=log)
    try:
        wait_until("PgBouncer to answer", lambda: _answers(pooler), folder / "log")
        yield pooler
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(pooler: Pooler) -> bool:
    try:
        with psycopg.connect(pooler.url("postgres").replace("+psycopg", "", 1)) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
