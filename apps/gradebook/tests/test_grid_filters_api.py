"""What a window of the grid is narrowed by, and what is said to parameters that make no sense."""

from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.factories import GradeCategoryFactory
from apps.gradebook.models import GradeItem
from apps.gradebook.tests.books import Book
from apps.users.factories import UserFactory
from apps.users.models import Group, GroupMembership, User
from tests.fixtures import ClientOf

NOBODYS = "0198c2f5-1a10-7c21-8a01-1b2c3d4e5f61"


def read(client: Any, book: Book, query: str = "") -> Any:
    return client.get(book.url(f"gradebook/grid/{query}"))


def rows(response: Any) -> list[str]:
    assert response.status_code == 200, response.json()
    return [row["user"]["name"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ann Active", "Cid Completed"]),
        ("?status=dropped", ["Dee Dropped"]),
        ("?q=cid", ["Cid Completed"]),
        ("?q=ann active", ["Ann Active"]),
        ("?q=ANN%40", ["Ann Active"]),
        ("?q=%25", []),
        ("?q=_", []),
        ("?q=%5C", []),
        ("?q=", ["Ann Active", "Cid Completed"]),
        ("?q=cid&status=dropped", []),
    ],
)
def test_learners_can_be_narrowed(
    school: Tenant, instructor: User, as_user: ClientOf, query: str, names: list[str]
) -> None:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        for status in ("active", "completed", "dropped", "pending"):
            first = {"active": "Ann", "completed": "Cid", "dropped": "Dee", "pending": "Pia"}[status]
            user = UserFactory.create(first_name=first, last_name=status.title(), email=f"{first}@maple.test")
            EnrollmentFactory.create(
                course=course, user=user, status=status, completed_at=timezone.now() if status == "completed" else None
            )

    assert rows(read(as_user(instructor), Book(school, course, [], []), query)) == names


def test_a_group_narrows_learners_and_a_category_items(book: Book, instructor: User, as_user: ClientOf) -> None:
    added = book.enrol(2)
    book.scored("8")
    book.scored("3", item=1)
    with tenant_context(book.school):
        group = Group.objects.create(name="Evening")
        GroupMembership.objects.create(group=group, user=book.learners[0])
        GroupMembership.objects.create(group=Group.objects.create(name="Morning"), user=added[0])
        category = GradeCategoryFactory.create(course=book.course)
        GradeItem.objects.filter(id=book.items[1].id).update(category=category)

    body = read(as_user(instructor), book, f"?group={group.id}&category={category.id}").json()

    assert [row["user"]["id"] for row in body["results"]] == [str(book.learners[0].id)]
    assert (body["count"], body["item_count"]) == (1, 1)
    assert [item["id"] for item in body["items"]] == [str(book.items[1].id)]
    assert [cell["score"] for cell in body["results"][0]["cells"]] == ["3.00"]
    assert body["results"][0]["total"]["percentage"] == "55.00"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page=0", "page", "min_value"),
        ("page=x", "page", "invalid"),
        ("page=99999999999999999999", "page", "max_value"),
        ("page_size=101", "page_size", "max_value"),
        ("page_size=0", "page_size", "min_value"),
        ("item_page=-1", "item_page", "min_value"),
        ("item_page_size=101", "item_page_size", "max_value"),
        ("status=asleep", "status", "invalid_choice"),
        ("group=x", "group", "invalid"),
        (f"group={NOBODYS}", "group", "does_not_exist"),
        ("category=x", "category", "invalid"),
        (f"category={NOBODYS}", "category", "does_not_exist"),
        ("q=a%00b", "q", "null_characters_not_allowed"),
        ("q=" + 201 * "a", "q", "max_length"),
    ],
)
def test_bad_parameters_are_named(
    book: Book, instructor: User, as_user: ClientOf, query: str, field: str, code: str
) -> None:
    answered = read(as_user(instructor), book, f"?{query}")

    assert answered.status_code == 400, answered.json()
    assert [(error["field"], error["code"]) for error in answered.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("query", ["?page=2", "?item_page=2", "?page=1000000&item_page=1000000"])
def test_there_is_nothing_behind_the_last_page(book: Book, instructor: User, as_user: ClientOf, query: str) -> None:
    assert read(as_user(instructor), book, query).status_code == 404


def test_a_filter_of_another_school_or_course_is_unknown(
    book: Book, other_school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(other_school):
        group = Group.objects.create(name="Theirs")
    with tenant_context(book.school):
        category = GradeCategoryFactory.create()
    client = as_user(instructor)

    answered = [read(client, book, f"?group={group.id}"), read(client, book, f"?category={category.id}")]

    assert [response.status_code for response in answered] == [400, 400]
