"""`sync_gradebooks`: what was there before the gradebook comes into it, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.assessments.factories import AssessmentFactory
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook.models import GradeItem


def run(*args: str) -> str:
    out = StringIO()
    call_command("sync_gradebooks", *args, stdout=out)
    return out.getvalue()


def items_of(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return list(GradeItem.objects.order_by("title").values_list("title", flat=True))


@pytest.fixture(autouse=True)
def _assessments(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(school):
        AssessmentFactory.create(title="Loops")
        AssessmentFactory.create(title="For fun", assessment_type="practice")
    with tenant_context(other_school):
        AssessmentFactory.create(title="Trees")


def test_every_school_is_filled_once(school: Tenant, other_school: Tenant) -> None:
    first, second = run(), run()

    assert first == second == "2 schools looked at, 2 items say what their assessments say.\n"
    assert (items_of(school), items_of(other_school)) == (["Loops"], ["Trees"])


def test_one_school_is_filled_alone(school: Tenant, other_school: Tenant) -> None:
    assert run("--tenant", "birch") == "1 schools looked at, 1 items say what their assessments say.\n"
    assert (items_of(school), items_of(other_school)) == ([], ["Trees"])


def test_a_school_that_is_none_is_an_error() -> None:
    with pytest.raises(CommandError, match="no school oak"):
        run("--tenant", "oak")
