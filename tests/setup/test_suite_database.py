"""The suite proves something only when it connects as a role that may not bypass anything."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection

from apps.core.tenancy.owner import owner_connection


@pytest.mark.django_db
def test_tests_connect_as_a_role_without_privileges() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        attributes = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        owned = cursor.fetchone()

    assert attributes == (False, False, False, False)
    assert owned == (0,)


@pytest.mark.django_db
def test_the_runtime_role_cannot_change_the_schema() -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE intruder (id int)")


@pytest.mark.django_db(transaction=True)
def test_the_owner_connection_is_the_owner_and_is_given_back() -> None:
    with owner_connection(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        inside = cursor.fetchone()

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        outside = cursor.fetchone()

    assert settings.DATABASE_OWNER is not None
    assert inside == (settings.DATABASE_OWNER["USER"],)
    assert outside == ("lms_test_app",)


@pytest.mark.django_db(transaction=True)
def test_flush_works_for_the_unprivileged_role() -> None:
    call_command("flush", interactive=False, verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
