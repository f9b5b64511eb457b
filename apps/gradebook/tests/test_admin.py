"""Gradebooks in the Django admin: the same rules as in the API; what people have is to look at only."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.core.models import Tenant
from apps.gradebook.factories import LETTERS, GradeCategoryFactory, GradeFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import (
    FinalGrade,
    Grade,
    Gradebook,
    GradebookChange,
    GradeCategory,
    GradeItem,
    GradeScale,
)
from apps.gradebook.services import ensure_item
from apps.users.models import User

HOST = "maple.localhost"
MODELS = ["gradebook", "gradecategory", "gradeitem", "gradescale", "grade", "gradebookchange", "finalgrade"]
READ_ONLY = ["grade", "gradebookchange", "finalgrade"]
NO_ITEMS = {"items-TOTAL_FORMS": 0, "items-INITIAL_FORMS": 0}


@pytest.fixture
def browser(admin: User) -> Client:
    """Return the browser of the school's admin, on the school's host."""
    return browser_of(admin)


@pytest.fixture
def grade(in_school: Tenant, learner: User) -> Grade:
    grade: Grade = GradeFactory.create(user=learner, override=Decimal(5))
    course = grade.item.course
    Gradebook.objects.create(course=course)
    FinalGrade.objects.create(course=course, user=learner)
    GradebookChange.objects.create(course=course, item=grade.item, user=learner, kind="overridden", to_score=5)
    return grade


def browser_of(user: User) -> Client:
    client = Client(HTTP_HOST=HOST)
    client.force_login(user, backend="apps.users.backends.TenantBackend")
    return client


def add(client: Client, model: str, **values: Any) -> Any:
    return client.post(reverse(f"admin:gradebook_{model}_add"), values)


def change(client: Client, obj: Any, **values: Any) -> Any:
    return client.post(reverse(f"admin:gradebook_{obj._meta.model_name}_change", args=[obj.pk]), values)


def delete(client: Client, obj: Any) -> Any:
    return client.post(reverse(f"admin:gradebook_{obj._meta.model_name}_delete", args=[obj.pk]), {"post": "yes"})


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_admins_only(
    model: str, browser: Client, grade: Grade, learner: User, instructor: User
) -> None:
    url = reverse(f"admin:gradebook_{model}_changelist")

    assert browser.get(url).status_code == 200
    assert browser_of(learner).get(url).status_code in {302, 403}
    assert browser_of(instructor).get(url).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_people_have_is_neither_given_nor_changed(model: str, browser: Client, grade: Grade) -> None:
    kinds: dict[str, Any] = {"grade": Grade, "gradebookchange": GradebookChange, "finalgrade": FinalGrade}
    row = kinds[model].objects.get()

    assert browser.get(reverse(f"admin:gradebook_{model}_change", args=[row.pk])).status_code == 200
    assert add(browser, model).status_code == 403
    assert change(browser, row, override="20", label="A").status_code == 403
    assert delete(browser, row).status_code == 403
    assert Grade.objects.get().override == 5


def test_gradebooks_are_changed_unless_they_are_frozen(browser: Client, grade: Grade) -> None:
    gradebook = Gradebook.objects.get()
    values = {"calculation": "weighted", "missing_work": "excluded", "is_total_shown": "on"}

    changed = change(browser, gradebook, **values)
    Gradebook.objects.update(frozen_at=timezone.now())
    refused = change(browser, gradebook, **values | {"calculation": "points"})

    gradebook.refresh_from_db()
    assert (changed.status_code, refused.status_code) == (302, 200)
    assert "are frozen" in refused.content.decode()
    assert (gradebook.calculation, gradebook.version) == ("weighted", 2)
    assert add(browser, "gradebook").status_code == delete(browser, gradebook).status_code == 403


def test_categories_are_made_changed_and_deleted_by_the_services(browser: Client, grade: Grade) -> None:
    course = grade.item.course
    values = {"name": "Quizzes", "weight_percentage": "60", "drop_lowest": "1", "order": "0"}

    made = add(browser, "gradecategory", course=str(course.pk), **values)
    twice = add(browser, "gradecategory", course=str(course.pk), **values)
    category = GradeCategory.objects.get()
    changed = change(browser, category, **values | {"weight_percentage": "50"}, **NO_ITEMS)
    category.refresh_from_db()

    assert [answer.status_code for answer in (made, twice, changed)] == [302, 200, 302]
    assert "category of this name" in twice.content.decode()
    assert (category.weight_percentage, category.version) == (Decimal(50), 2)
    assert delete(browser, category).status_code == 302
    assert not GradeCategory.objects.exists()


def test_items_are_made_changed_and_deleted_by_the_services(browser: Client, grade: Grade) -> None:
    course = grade.item.course
    category, elsewhere = GradeCategoryFactory.create(course=course), GradeCategoryFactory.create()
    values = {"title": "Talk", "max_points": "5", "order": "3", "is_counted": "on"}

    made = add(browser, "gradeitem", course=str(course.pk), category=str(category.pk), **values)
    item = GradeItem.objects.get(title="Talk")
    changed = change(browser, item, **values | {"max_points": "6"})
    refused = change(browser, item, **values, category=str(elsewhere.pk))
    item.refresh_from_db()

    assert [answer.status_code for answer in (made, changed, refused)] == [302, 302, 200]
    assert (item.max_points, item.category_id, item.version) == (Decimal(6), None, 2)
    assert delete(browser, item).status_code == delete(browser, grade.item).status_code == 302
    assert list(GradeItem.objects.all()) == [grade.item]


def test_the_item_of_an_assessment_follows_it(browser: Client, in_school: Tenant) -> None:
    item = ensure_item(AssessmentFactory.create(title="Loops", questions=1))
    assert item is not None

    changed = change(browser, item, title="Mine", max_points="99", order="0", is_hidden="on")
    item.refresh_from_db()

    assert changed.status_code == 302
    assert (item.title, item.max_points, item.is_hidden, item.is_counted) == ("Loops", Decimal(10), True, False)
    assert delete(browser, item).status_code == 302
    assert GradeItem.objects.count() == 1


def test_scales_are_made_changed_and_deleted_by_the_services(browser: Client, in_school: Tenant) -> None:
    values = {"name": "Letters", "kind": "letter", "bands": json.dumps(LETTERS)}

    made = add(browser, "gradescale", **values)
    wrong = add(browser, "gradescale", **values | {"name": "Wrong", "bands": json.dumps(LETTERS[:2])})
    scale = GradeScale.objects.get()
    changed = change(browser, scale, **values | {"name": "Marks"})
    used = GradeScaleFactory.create()
    Gradebook.objects.create(course=GradeItemFactory.create().course, scale=used)

    assert [answer.status_code for answer in (made, wrong, changed)] == [302, 200, 302]
    assert "begins at 0" in wrong.content.decode()
    assert delete(browser, scale).status_code == delete(browser, used).status_code == 302
    assert list(GradeScale.objects.all()) == [used]
