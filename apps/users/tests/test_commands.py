"""`createsuperuser`, `create_admin`, and the demo's people."""

from datetime import UTC, datetime
from io import StringIO
from random import Random
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from apps.core.demo import DemoSchool
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users import demo
from apps.users.models import Group, GroupMembership, User


def superusers() -> list[User]:
    with platform_context(reason="test"):
        return list(User.objects.filter(is_platform_staff=True))


def create_superuser(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", email)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "securepassword123")
    call_command("createsuperuser", interactive=False, stdout=StringIO())


def test_createsuperuser_makes_platform_staff(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    create_superuser(monkeypatch, "Root@platform.test")

    [user] = superusers()
    assert (user.email, user.tenant_id, user.roles) == ("root@platform.test", None, [])
    assert check_password("securepassword123", user.password)


@pytest.mark.parametrize("email", ["ROOT@platform.test", "no address"])
def test_createsuperuser_says_what_is_wrong(db: None, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    create_superuser(monkeypatch, "root@platform.test")

    with pytest.raises(CommandError):
        create_superuser(monkeypatch, email)

    assert len(superusers()) == 1


class TestCreateAdmin:
    def run(self, *args: str) -> str:
        out = StringIO()
        call_command("create_admin", *args, stdout=out)
        return out.getvalue()

    def test_with_the_environments_password(self, school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LMS_ADMIN_PASSWORD", "securepassword123")

        out = self.run("maple", "Boss@maple.test", "--first-name", "Bo")

        with tenant_context(school):
            user = User.objects.get()
        assert (user.email, user.first_name, user.roles) == ("boss@maple.test", "Bo", ["admin"])
        assert check_password("securepassword123", user.password)
        assert "securepassword123" not in out

    def test_with_a_generated_password(self, school: Tenant) -> None:
        out = self.run("maple", "boss@maple.test", "--generate")

        with tenant_context(school):
            assert check_password(out.split()[-1], User.objects.get().password)

    @pytest.mark.parametrize(("typed", "made"), [(["securepassword123"] * 2, 1), (["a", "b"], 0)])
    def test_with_a_typed_password(self, school: Tenant, typed: list[str], made: int) -> None:
        with (
            patch("sys.stdin.isatty", return_value=True),
            patch("getpass.getpass", side_effect=typed),
        ):
            if made:
                self.run("maple", "boss@maple.test")
            else:
                with pytest.raises(CommandError, match="differ"):
                    self.run("maple", "boss@maple.test")

        with tenant_context(school):
            assert User.objects.count() == made

    def test_what_is_wrong_is_said(self, school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="no school"):
            self.run("nowhere", "boss@maple.test")
        with pytest.raises(CommandError, match="LMS_ADMIN_PASSWORD"):
            self.run("maple", "boss@maple.test")
        monkeypatch.setenv("LMS_ADMIN_PASSWORD", "12345678")
        with pytest.raises(CommandError, match="too common"):
            self.run("maple", "boss@maple.test")


def test_the_demo_has_the_people_of_the_readme_and_may_be_seeded_twice(in_school: Tenant) -> None:
    schools = [DemoSchool(tenant=in_school, random=Random(1), now=datetime(2026, 1, 1, tzinfo=UTC)) for _ in range(2)]
    for school in schools:
        demo.seed_demo(school)
    with platform_context(reason="test"):
        demo.seed_platform_demo()
        demo.seed_platform_demo()

    emails = {f"{name}@maple.local" for name in ("admin", "john.smith", "alice.williams")}
    shared = schools[1].shared
    assert emails <= set(User.objects.values_list("email", flat=True))
    assert User.objects.count() == 16
    assert (shared["admin"].roles, len(shared["instructors"]), len(shared["learners"])) == (["admin"], 3, 12)
    assert [group.name for group in shared["groups"]] == ["2024 Cohort A", "2024 Cohort B", "Engineering Team"]
    assert [group.member_count for group in shared["groups"]] == [6, 6, 4]
    assert GroupMembership.objects.count() == 16
    assert Group.objects.count() == 3
    assert all(check_password("password123", user.password) for user in User.objects.filter(email__in=emails))
    assert [user.email for user in superusers()] == ["admin@lms.local"]
