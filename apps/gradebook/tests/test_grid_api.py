"""The grid: windows of learners and items, totals over everything, and the same few statements for any size."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation
from apps.assessments.tests.grading import hand_in_as, put_essay
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import FinalGrade, Gradebook, GradeItem
from apps.gradebook.tests.books import Book
from apps.users.factories import UserFactory
from apps.users.models import Group, GroupMembership, User
from tests.fixtures import ClientOf

MOST_STATEMENTS = 9


def read(client: Any, book: Book, query: str = "") -> Any:
    return client.get(book.url(f"gradebook/grid/{query}"))


def named(school: Tenant, *names: str) -> list[User]:
    with tenant_context(school):
        return [
            UserFactory.create(first_name=first, last_name=last)
            for first, last in (name.split(" ", 1) for name in names)
        ]


def rows(response: Any) -> list[str]:
    assert response.status_code == 200, response.json()
    return [row["user"]["name"] for row in response.json()["results"]]


def test_a_window_says_what_stands_in_the_cells(book: Book, instructor: User, as_user: ClientOf) -> None:
    learner = book.learners[0]
    graded = book.scored("8", late_penalty_percentage=20, feedback="Good.")
    book.scored("3", item=1, override=Decimal("9.5"), is_excused=True)

    answered = read(as_user(instructor), book)

    assert answered.status_code == 200, answered.json()
    body = answered.json()
    pages = {name: body[name] for name in ("count", "next", "previous", "item_count", "item_page", "item_page_size")}
    assert pages == {
        "count": 1, "next": None, "previous": None, "item_count": 2, "item_page": 1, "item_page_size": 50,
    }  # fmt: skip
    assert body["items"][0] == {
        "id": str(book.items[0].id), "title": book.items[0].title, "category": None, "assessment": None,
        "max_points": "10.00", "is_extra_credit": False, "is_counted": True, "is_hidden": False, "due_at": None,
        "version": 1,
    }  # fmt: skip
    (row,) = body["results"]
    assert row["user"] == {"id": str(learner.id), "name": learner.get_full_name(), "email": learner.email}
    assert (row["enrollment_status"], row["final"]) == ("active", None)
    assert row["cells"][0] == {
        "score": "8.00", "assessment_score": "8.00", "override": None, "is_excused": False, "is_dropped": False,
        "is_missing": False, "late_penalty_percentage": "20.00", "has_feedback": True, "version": 1,
        "graded_at": graded.graded_at.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    excused = row["cells"][1]
    assert (excused["score"], excused["assessment_score"], excused["override"]) == (None, "3.00", "9.50")
    assert row["total"] == {
        "points": "8.00", "max_points": "10.00", "percentage": "80.00", "label": "", "is_passed": None,
    }  # fmt: skip


def test_learners_come_by_their_names_and_items_in_their_order(book: Book, instructor: User, as_user: ClientOf) -> None:
    people = named(book.school, "Zoe Abel", "Ann Young", "Bea Abel")
    with tenant_context(book.school):
        for person in people:
            EnrollmentFactory.create(course=book.course, user=person)
        Enrollment.objects.filter(user=book.learners[0]).delete()
        GradeItem.objects.filter(id=book.items[0].id).update(order=1_000_000)

    answered = read(as_user(instructor), book)

    assert rows(answered) == ["Bea Abel", "Zoe Abel", "Ann Young"]
    assert [item["id"] for item in answered.json()["items"]] == [str(item.id) for item in reversed(book.items)]


def test_the_total_is_over_all_items_whatever_the_window_shows(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.scored("8")
    book.scored("3", item=1)
    client = as_user(instructor)

    pages = [read(client, book, f"?item_page={page}&item_page_size=1").json() for page in (1, 2)]

    assert [page["results"][0]["total"]["percentage"] for page in pages] == ["55.00", "55.00"]
    assert [page["results"][0]["cells"][0]["score"] for page in pages] == ["8.00", "3.00"]
    assert [(page["item_count"], page["item_page"], len(page["items"])) for page in pages] == [(2, 1, 1), (2, 2, 1)]
    assert pages[0]["item_previous"] is None
    assert pages[0]["item_next"].endswith(f"{book.course.id}/gradebook/grid/?item_page=2&item_page_size=1")
    assert pages[1]["item_next"] is None
    assert pages[1]["item_previous"].endswith("/gradebook/grid/?item_page_size=1")


def test_learners_come_in_pages(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.enrol(4)
    client = as_user(instructor)

    pages = [read(client, book, f"?page={page}&page_size=2").json() for page in (1, 2, 3)]

    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert {page["count"] for page in pages} == {5}
    assert len({row["user"]["id"] for page in pages for row in page["results"]}) == 5
    assert [page["next"] and page["next"].split("?")[1] for page in pages] == [
        "page=2&page_size=2", "page=3&page_size=2", None,
    ]  # fmt: skip
    assert [page["previous"] and page["previous"].split("?")[1] for page in pages] == [
        None, "page_size=2", "page=2&page_size=2",
    ]  # fmt: skip


def test_the_lowest_are_marked_and_the_scale_says_what_it_comes_to(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course, drop_lowest=1)
        GradeItem.objects.filter(course=book.course).update(category=category)
        Gradebook.objects.create(course=book.course, scale=GradeScaleFactory.create())
    book.scored("5")
    book.scored("8", item=1)

    (row,) = read(as_user(instructor), book).json()["results"]

    assert [cell["is_dropped"] for cell in row["cells"]] == [True, False]
    assert (row["total"]["percentage"], row["total"]["label"], row["total"]["is_passed"]) == ("80.00", "B", True)


def test_what_is_missing_counts_zero_unless_it_waits_or_is_not_due_yet(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    now = timezone.now()
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, missing_work="zero_after_due")
        assessment = AssessmentFactory.create(course=book.course)
        essay = put_essay(assessment)
        GradeItem.objects.filter(course=book.course).delete()
        late = {"course": book.course, "due_at": now - timedelta(hours=1), "max_points": 10}
        GradeItemFactory.create(**late, assessment=assessment)
        given = GradeItemFactory.create(course=book.course, max_points=10)
        person, waiting, granted, in_group = named(book.school, "A A", "B B", "C C", "D D")
        for each in (person, waiting, granted, in_group):
            EnrollmentFactory.create(course=book.course, user=each)
            GradeFactory.create(item=given, user=each, override=Decimal(8))
        group = Group.objects.create(name="Slow readers")
        GroupMembership.objects.create(group=group, user=in_group)
        later = now + timedelta(days=1)
        Accommodation.objects.create(user=granted, assessment=assessment, due_at=later)
        Accommodation.objects.create(group=group, due_at=later)
        Accommodation.objects.create(user=person, due_at=now - timedelta(minutes=1))
        hand_in_as(waiting, assessment, {essay: {"text": "Because."}})
        Enrollment.objects.filter(user=book.learners[0]).delete()

    body = read(as_user(instructor), book).json()

    shown = {row["user"]["name"]: (row["total"]["percentage"], row["cells"][0]) for row in body["results"]}
    percentages = {name: percentage for name, (percentage, _) in shown.items()}
    assert percentages == {"A A": "40.00", "B B": "80.00", "C C": "80.00", "D D": "80.00"}
    cell = shown["A A"][1]
    assert (cell["is_missing"], cell["score"], cell["version"]) == (True, None, 0)
    assert [shown[name][1] for name in ("B B", "C C", "D D")] == [None, None, None]


def test_final_grades_that_stand_or_were_given_are_beside(book: Book, instructor: User, as_user: ClientOf) -> None:
    moment = timezone.now()
    book.enrol(3)
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, frozen_at=moment)
        facts: list[dict[str, Any]] = [
            {"percentage": Decimal(81), "label": "B", "is_passed": True, "frozen_at": moment},
            {"percentage": Decimal(81), "override_percentage": Decimal(90), "label": "A", "frozen_at": moment},
            {"override_percentage": Decimal(70)},
            {"percentage": Decimal(50), "label": "F", "frozen_at": moment - timedelta(days=1)},
        ]
        for user, fields in zip(book.learners, facts, strict=True):
            FinalGrade.objects.create(course=book.course, user=user, **fields)

    body = read(as_user(instructor), book).json()

    finals = {row["user"]["id"]: row["final"] for row in body["results"]}
    found = [finals[str(user.id)] for user in book.learners]
    assert [final and (final["percentage"], final["label"], final["is_overridden"]) for final in found] == [
        ("81.00", "B", False), ("90.00", "A", True), ("70.00", "", True), None,
    ]  # fmt: skip
    assert [bool(final and final["frozen_at"]) for final in found] == [True, True, False, False]


def test_a_course_without_items_or_learners_has_an_empty_grid(
    school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor], slug="empty")

    body = as_user(instructor).get(f"/api/courses/{course.slug}/gradebook/grid/").json()

    assert (body["count"], body["item_count"], body["items"], body["results"]) == (0, 0, [], [])


def test_it_is_for_those_who_grade(book: Book, admin: User, principal: User, stranger: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        colleague = UserFactory.create(roles=["instructor"])
    book.scored("8")

    codes = {
        name: read(as_user(person), book).status_code
        for name, person in {
            "admin": admin, "principal": principal, "learner": book.learners[0], "colleague": colleague,
            "stranger": stranger, "nobody": None,
        }.items()
    }  # fmt: skip

    assert codes == {
        "admin": 200, "principal": 200, "learner": 403, "colleague": 403, "stranger": 404, "nobody": 401,
    }  # fmt: skip


def test_the_statements_do_not_grow(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    book.enrol(2)
    statements = []
    for learners in (0, 47):
        book.enrol(learners)
        with tenant_context(book.school):
            for item in GradeItemFactory.create_batch(learners // 10, course=book.course):
                for user in book.learners[:5]:
                    GradeFactory.create(item=item, user=user, override=Decimal(5))
        read(client, book)
        with CaptureQueriesContext(connection) as queries:
            answered = read(client, book)
        assert len(answered.json()["results"]) == 3 + learners
        statements.append([query["sql"] for query in queries.captured_queries])

    assert len(statements[0]) == len(statements[1]) <= MOST_STATEMENTS, statements[1]
