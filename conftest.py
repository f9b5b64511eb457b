"""The database of the suite: real PostgreSQL, one copy per worker, used by a role that owns nothing.

The schema is migrated once into a template, kept between runs while nothing that shapes it changes; each
worker gets a copy. `DATABASE_URL` names another server than the embedded one; its role must be allowed to
create roles and databases (a superuser, say), and no test ever connects as it.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signals import setting_changed
from django.db import connection, transaction
from psycopg import sql
from pytest_django import DjangoDbBlocker

from lms_backend import embedded_postgres
from lms_backend.environment import BASE_DIR
from lms_backend.settings import databases

pytest_plugins = ["tests.fixtures"]

OWNER_ROLE = "lms_test_owner"
RUNTIME_ROLE = "lms_test_app"
ROLES = {OWNER_ROLE: "LOGIN CREATEDB", RUNTIME_ROLE: "LOGIN NOCREATEDB"}
UNPRIVILEGED = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
LOCK_KEY = 4_207_311
DEMO_MEDIA = "demo-media"
SHAPES_THE_SCHEMA = (
    "poetry.lock",
    "lms_backend/settings/base.py",
    "apps/core/tenancy/**/*.py",
    "apps/core/trash/locks.py",
    "apps/core/trash/models.py",
    "apps/*/apps.py",
    "apps/*/migrations/*.py",
    "apps/*/choices.py",
    "apps/*/models.py",
    "apps/*/models/*.py",
    "apps/*/*_function.py",
)


@dataclass(frozen=True, slots=True)
class TestServer:
    """The server, reached as its administrator at `url`; `checkout` keeps two checkouts apart on it."""

    url: str
    checkout: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("postgis://", "postgres://"), autocommit=True)

    def credentials(self, role: str) -> dict[str, str]:
        """The test roles' passwords follow from the administrator's: nothing to store, nothing to guess."""
        server = databases.from_urls(self.url).runtime
        secret = str(server.get("PASSWORD") or "").encode()
        password = hmac.new(secret, role.encode(), hashlib.sha256).hexdigest()
        return {"USER": role, "PASSWORD": password, "HOST": server["HOST"], "PORT": str(server["PORT"] or "")}

    def url_of(self, role: str, name: str) -> str:
        """Return the URL by which one of the test roles finds a database."""
        role_of = self.credentials(role)
        port = f":{role_of['PORT']}" if role_of["PORT"] else ""
        return f"postgres://{role}:{role_of['PASSWORD']}@{quote(role_of['HOST'], safe='')}{port}/{name}"


def server_of_the_suite() -> TestServer:
    url = os.environ.get("DATABASE_URL") or embedded_postgres.start().url(
        embedded_postgres.ADMIN_ROLE, embedded_postgres.ADMIN_ROLE
    )
    return TestServer(url, hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8])


def schema_fingerprint() -> str:
    """Hash every file that shapes the schema or what `post_migrate` writes."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SHAPES_THE_SCHEMA for path in BASE_DIR.glob(pattern)}):
        digest.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def ensure_roles(admin: psycopg.Connection, server: TestServer) -> None:
    for role, attributes in ROLES.items():
        there = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        admin.execute(
            sql.SQL("{verb} ROLE {role} {attributes} PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if there else "CREATE"),
                role=sql.Identifier(role),
                attributes=sql.SQL(f"{attributes} {UNPRIVILEGED}"),
                password=sql.Literal(server.credentials(role)["PASSWORD"]),
            )
        )


def use_database(server: TestServer, name: str, role: str) -> None:
    connection.close()
    connection.settings_dict.update({**server.credentials(role), "NAME": name})
    settings.DATABASE_OWNER = server.credentials(OWNER_ROLE)
    settings.DATABASE_RUNTIME_ROLE = RUNTIME_ROLE


def create_database(admin: psycopg.Connection, name: str, template: str) -> None:
    names = {
        "name": sql.Identifier(name),
        "template": sql.Identifier(template),
        "owner": sql.Identifier(OWNER_ROLE),
        "role": sql.Identifier(RUNTIME_ROLE),
    }
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
    # Creating for another role asks for membership in it, of all but superusers.
    admin.execute(sql.SQL("GRANT {owner} TO CURRENT_USER").format(**names))
    admin.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}").format(**names))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(**names))
    # A test database need not survive a crash of the machine.
    admin.execute(sql.SQL("ALTER DATABASE {name} SET synchronous_commit = off").format(**names))


def ensure_template(admin: psycopg.Connection, server: TestServer) -> str:
    """Return the name of an up-to-date migrated template; migrate one when there is none."""
    prefix = f"lms_{server.checkout}_template_"
    name = f"{prefix}{schema_fingerprint()}"
    there = {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}
    if name in there:
        return name
    for stale in (candidate for candidate in there if candidate.startswith(prefix)):
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(stale)))
    draft = f"{prefix}draft"
    create_database(admin, draft, "template0")
    use_database(server, draft, OWNER_ROLE)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    # Under its final name it is complete, whatever is killed when.
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def drop_abandoned(admin: psycopg.Connection, prefix: str) -> None:
    """Drop the copies of runs that were killed: nobody holds the lock on their name any more."""
    for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall():
        if not name.startswith(prefix):
            continue
        row = admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        if row == (True,):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            admin.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,  # noqa: ARG001  wanted for its effect
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Give this worker its own copy of the migrated database, used as the unprivileged role."""
    server = server_of_the_suite()
    workerinput = getattr(request.config, "workerinput", {})
    run = workerinput.get("testrunuid", uuid4().hex)[:8]
    prefix = f"test_lms_{server.checkout}_"
    name = f"{prefix}{run}_{workerinput.get('workerid', 'main')}"
    with closing(server.connect()) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        ensure_roles(admin, server)
        drop_abandoned(admin, prefix)
        with django_db_blocker.unblock():
            create_database(admin, name, ensure_template(admin, server))
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
        use_database(server, name, RUNTIME_ROLE)
        yield
        connection.close()
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def demo_database(
    django_db_setup: None,  # noqa: ARG001  wanted for its effect
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Make a second copy for this worker, with the demo schools in it; return its name."""
    server = server_of_the_suite()
    plain = connection.settings_dict["NAME"]
    name = f"{plain}_demo"
    with closing(server.connect()) as admin, django_db_blocker.unblock():
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        create_database(admin, name, ensure_template(admin, server))
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
        use_database(server, name, RUNTIME_ROLE)
        with media_in(tmp_path_factory.getbasetemp() / DEMO_MEDIA):
            call_command("seed_demo_data", verbosity=0)
        use_database(server, plain, RUNTIME_ROLE)
        yield name
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[dict[str, str]]:  # noqa: ARG001  wanted for its effect
    """Make a database without any table; return the variables with which a process of its own finds it."""
    server = server_of_the_suite()
    name = f"{connection.settings_dict['NAME']}_empty"
    with closing(server.connect()) as admin:
        create_database(admin, name, "template0")
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        yield {
            "DATABASE_URL": server.url_of(RUNTIME_ROLE, name),
            "DATABASE_OWNER_URL": server.url_of(OWNER_ROLE, name),
        }
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def demo_schools(
    demo_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Run the test among the demo schools, in a transaction that is rolled back. Use it instead of `db`."""
    server = server_of_the_suite()
    plain = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        use_database(server, demo_database, RUNTIME_ROLE)
        with media_in(tmp_path_factory.getbasetemp() / DEMO_MEDIA), transaction.atomic():
            yield
            transaction.set_rollback(True)
        use_database(server, plain, RUNTIME_ROLE)


@pytest.fixture(autouse=True)
def media_in_a_temporary_folder(tmp_path: Path) -> Iterator[None]:
    """Uploads of one test never meet those of another."""
    with media_in(tmp_path / "media"):
        yield


@contextmanager
def media_in(folder: Path) -> Iterator[None]:
    """Keep files in `folder`; the storages, which remember theirs, are told."""
    before = settings.MEDIA_ROOT
    use_media(folder)
    try:
        yield
    finally:
        use_media(before)


def use_media(folder: Path) -> None:
    settings.MEDIA_ROOT = folder
    setting_changed.send(type(settings), setting="MEDIA_ROOT", value=folder, enter=True)
