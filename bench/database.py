"""The databases of the benchmark: one built and kept while schema and builder stay the same, and a copy per run.

A run writes: sessions, progress, deliveries. It works on a copy, so that every run starts from the same rows.
"""

import hashlib
import hmac
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql

from bench.environment import PYTHON, BenchError, for_child, production
from lms_backend import embedded_postgres
from lms_backend.environment import BASE_DIR
from lms_backend.settings import databases

OWNER_ROLE = "lms_bench_owner"
RUNTIME_ROLE = "lms_bench_app"
ROLES = {OWNER_ROLE: "LOGIN CREATEDB", RUNTIME_ROLE: "LOGIN NOCREATEDB"}
UNPRIVILEGED = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
SHAPES_THE_DATABASE = (
    "poetry.lock",
    "lms_backend/settings/base.py",
    "apps/core/tenancy/**/*.py",
    "apps/*/migrations/*.py",
    "apps/*/models.py",
    "apps/*/models/*.py",
    "apps/*/*_function.py",
    "bench/build.py",
    "bench/build_files.py",
    "bench/build_gradebook.py",
    "bench/copying.py",
    "bench/database.py",
)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server, reached as its administrator at `url`; `checkout` keeps two checkouts apart on it."""

    url: str
    checkout: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def url_of(self, role: str, database: str) -> str:
        """Return the URL of one of our roles, in the form of `DATABASE_URL`."""
        parts = databases.from_urls(self.url).runtime
        host = quote(str(parts["HOST"] or "localhost"), safe="")
        return f"postgres://{role}:{self.password_of(role)}@{host}:{parts['PORT'] or 5432}/{database}"

    def password_of(self, role: str) -> str:
        """The roles' passwords follow from the administrator's: nothing to store, nothing to guess."""
        secret = str(databases.from_urls(self.url).runtime.get("PASSWORD") or "").encode()
        return hmac.new(secret, role.encode(), hashlib.sha256).hexdigest()

    def variables(self, database: str) -> dict[str, str]:
        return production(self.url_of(RUNTIME_ROLE, database), self.url_of(OWNER_ROLE, database))


def server_at_hand() -> Server:
    """Return the server of `DATABASE_URL` (its role may create roles and databases), else the embedded one."""
    url = os.environ.get("DATABASE_URL") or embedded_postgres.start().url(
        embedded_postgres.ADMIN_ROLE, embedded_postgres.ADMIN_ROLE
    )
    return Server(url, hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8])


def fingerprint() -> str:
    """Hash every file that shapes the schema or the rows."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SHAPES_THE_DATABASE for path in BASE_DIR.glob(pattern)}):
        digest.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def database_of_the_run(server: Server, *, rebuild: bool) -> Iterator[str]:
    """Yield the name of a fresh copy of the built database; drop it in the end."""
    with closing(server.connect()) as admin:
        # One run at a time: two would measure each other.
        name = f"lms_bench_{server.checkout}_run"
        if admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone() != (True,):
            message = "Another benchmark of this checkout is running on this server; wait for its end."
            raise BenchError(message)
        _ensure_roles(admin, server)
        built = _ensure_built(admin, server, rebuild=rebuild)
        _create(admin, name, template=built)
        try:
            yield name
        finally:
            _drop(admin, name)


def _ensure_built(admin: psycopg.Connection, server: Server, *, rebuild: bool) -> str:
    prefix = f"lms_bench_{server.checkout}_built_"
    name = f"{prefix}{fingerprint()}"
    there = {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}
    if name in there and not rebuild:
        return name
    for stale in (candidate for candidate in there if candidate.startswith(prefix)):
        _drop(admin, stale)
    draft = f"{prefix}draft"
    _create(admin, draft, template="template0")
    variables = server.variables(draft)
    _run(["manage.py", "migrate", "--verbosity", "0", "--no-input"], variables)
    _run(["-m", "bench.build"], variables)
    # Under its final name it is complete, whatever is killed when.
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _run(arguments: list[str], variables: dict[str, str]) -> None:
    done = subprocess.run([PYTHON, *arguments], env=for_child(variables), cwd=BASE_DIR, check=False)
    if done.returncode:
        message = f"`{' '.join(arguments)}` failed with exit code {done.returncode}; see above."
        raise BenchError(message)


def _ensure_roles(admin: psycopg.Connection, server: Server) -> None:
    for role, attributes in ROLES.items():
        there = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        admin.execute(
            sql.SQL("{verb} ROLE {role} {attributes} PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if there else "CREATE"),
                role=sql.Identifier(role),
                attributes=sql.SQL(f"{attributes} {UNPRIVILEGED}"),
                password=sql.Literal(server.password_of(role)),
            )
        )


def _create(admin: psycopg.Connection, name: str, *, template: str) -> None:
    _drop(admin, name)
    names = {
        "name": sql.Identifier(name),
        "template": sql.Identifier(template),
        "owner": sql.Identifier(OWNER_ROLE),
        "role": sql.Identifier(RUNTIME_ROLE),
    }
    # Creating for another role asks for membership in it, of all but superusers.
    admin.execute(sql.SQL("GRANT {owner} TO CURRENT_USER").format(**names))
    admin.execute(
        sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER {owner} STRATEGY FILE_COPY").format(**names)
    )
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(**names))


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
