"""The roles and the database inside a running server: an owner that migrates, and a role that owns nothing."""

import psycopg
from psycopg import sql

from lms_backend.embedded_postgres.state import ADMIN_ROLE, DATABASE, OWNER_ROLE, RUNTIME_ROLE, Server

ATTRIBUTES = {
    OWNER_ROLE: "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    RUNTIME_ROLE: "LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS",
}


def ensure(server: Server) -> None:
    """Create what is missing and bring what is there to the wanted attributes; idempotent."""
    with psycopg.connect(server.url(ADMIN_ROLE, "postgres"), autocommit=True) as connection:
        for role, attributes in ATTRIBUTES.items():
            _ensure_role(connection, role, attributes, server.password)
        _ensure_database(connection)


def _ensure_role(connection: psycopg.Connection, role: str, attributes: str, password: str) -> None:
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    connection.execute(
        sql.SQL("{verb} ROLE {role} {attributes} PASSWORD {password}").format(
            verb=sql.SQL("ALTER" if there else "CREATE"),
            role=sql.Identifier(role),
            attributes=sql.SQL(attributes),
            password=sql.Literal(password),
        )
    )


def _ensure_database(connection: psycopg.Connection) -> None:
    names = {
        "database": sql.Identifier(DATABASE),
        "owner": sql.Identifier(OWNER_ROLE),
        "role": sql.Identifier(RUNTIME_ROLE),
    }
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {role}").format(**names))
