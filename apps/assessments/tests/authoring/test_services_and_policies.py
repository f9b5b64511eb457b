"""The rules of the services and policies that no request of the API reaches, and races between two connections."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.assessments.models import Accommodation, Assessment, AssessmentItem, Question, QuestionCategory
from apps.assessments.permissions import (
    AccommodationPolicy,
    AssessmentItemPolicy,
    AssessmentPolicy,
    CategoryPolicy,
    QuestionPolicy,
    may_grant_in,
)
from apps.assessments.services import (
    CategoryInUse,
    InvalidDates,
    add_question,
    add_section,
    change_assessment,
    change_question,
    create_accommodation,
    create_assessment,
    create_category,
    delete_category,
    reorder_items,
)
from apps.assessments.services.lines import count_questions
from apps.assessments.services.papers import BankTooSmall
from apps.assessments.tests.authoring.conftest import ask
from apps.core.models import Tenant
from apps.core.policies import Policy
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.courses.services.ordering import InvalidOrder
from apps.users.models import User
from tests.parallel import in_parallel

PEOPLE = ("instructor", "colleague", "principal", "admin", "learner")


@pytest.fixture
def people(instructor: User, colleague: User, principal: User, admin: User, learner: User) -> dict[str, User]:
    return dict(zip(PEOPLE, (instructor, colleague, principal, admin, learner), strict=True))


def who_may(people: dict[str, User], may: Callable[[User], bool]) -> set[str]:
    return {name for name, user in people.items() if may(user)}


def allowed(people: dict[str, User], policy: type[Policy], action: str, row: Any) -> set[str]:
    return who_may(people, lambda user: policy.can(user, action, row))


def test_who_may_do_what_to_an_assessment_and_its_lines(in_school: Tenant, quiz: Assessment, people: Any) -> None:
    item = add_question(assessment=quiz, question=ask(None).question, by=None)

    makers = {"instructor", "admin"}
    for action in ("partial_update", "destroy"):
        assert allowed(people, AssessmentPolicy, action, quiz) == makers
        assert allowed(people, AssessmentItemPolicy, action, item) == makers
    for action in ("list", "retrieve"):
        readers = allowed(people, AssessmentItemPolicy, action, item)
        assert readers == {*makers, "principal"}
    assert who_may(people, lambda user: AssessmentItemPolicy.can(user, "reorder", quiz)) == makers
    assert who_may(people, lambda user: AssessmentPolicy.can(user, "copy", quiz)) == {*makers, "principal"}
    assert who_may(people, lambda user: AssessmentItemPolicy.visible(user, AssessmentItem.objects.all()).exists()) == {
        *makers,
        "principal",
    }


def test_who_may_do_what_in_the_bank(in_school: Tenant, people: Any) -> None:
    question = ask(people["instructor"]).question
    category = create_category(name="Loops", by=people["instructor"])

    assert who_may(people, lambda user: QuestionPolicy.visible(user, Question.objects.all()).exists()) == {
        "instructor", "principal", "admin",
    }  # fmt: skip
    pairs: list[tuple[type[Policy], Any]] = [(QuestionPolicy, question), (CategoryPolicy, category)]
    for policy, row in pairs:
        changers = allowed(people, policy, "partial_update", row)
        assert changers == {"instructor", "admin"}
    assert who_may(people, lambda user: QuestionPolicy.can(user, "usage", question)) == {
        "instructor", "principal", "admin",
    }  # fmt: skip
    assert who_may(people, lambda user: CategoryPolicy.can(user, "create")) == {"instructor", "colleague", "admin"}
    assert who_may(people, lambda user: CategoryPolicy.can(user, "destroy", category)) == {"instructor", "admin"}


def test_who_may_grant(in_school: Tenant, quiz: Assessment, people: Any) -> None:
    here = create_accommodation(by=None, user=people["learner"], assessment=quiz)
    everywhere = create_accommodation(by=None, user=people["learner"])

    assert who_may(people, lambda user: may_grant_in(user, quiz)) == {"instructor", "admin"}
    assert who_may(people, lambda user: may_grant_in(user, None)) == {"admin"}
    assert who_may(people, lambda user: AccommodationPolicy.can(user, "destroy", here)) == {"instructor", "admin"}
    assert who_may(people, lambda user: AccommodationPolicy.can(user, "destroy", everywhere)) == {"admin"}
    seen = {
        name: AccommodationPolicy.visible(user, Accommodation.objects.all()).count() for name, user in people.items()
    }
    assert seen == {"instructor": 1, "colleague": 0, "principal": 2, "admin": 2, "learner": 0}


def test_an_order_that_starves_a_section_is_refused(in_school: Tenant, quiz: Assessment) -> None:
    for number in range(2):
        ask(None, f"x {number}", tags=["x"], is_shared=True)
    for number in range(2):
        ask(None, f"y {number}", is_shared=True)
    narrow = add_section(assessment=quiz, by=None, draw_count=2, draw_tags=["x"])
    wide = add_section(assessment=quiz, by=None, draw_count=2)

    with pytest.raises(BankTooSmall):
        reorder_items(assessment=quiz, ids=[wide.id, narrow.id], by=None)
    with pytest.raises(InvalidOrder):
        reorder_items(assessment=quiz, ids=[wide.id], by=None)

    assert list(AssessmentItem.objects.order_by("order").values_list("id", flat=True)) == [narrow.id, wide.id]


def test_a_fixed_question_that_a_section_needs_is_refused(in_school: Tenant, quiz: Assessment) -> None:
    question = ask(None, is_shared=True).question
    add_section(assessment=quiz, by=None, draw_count=1)

    with pytest.raises(BankTooSmall):
        add_question(assessment=quiz, question=question, by=None)

    assert AssessmentItem.objects.count() == 1


def test_dates_and_networks_are_checked_at_the_start_and_at_every_change(in_school: Tenant, course: Course) -> None:

    noon, one = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)
    quiz = create_assessment(course=course, by=None, title="Quiz", opens_at=noon, closes_at=one)

    with pytest.raises(InvalidDates):
        change_assessment(assessment=quiz, by=None, opens_at=one)

    quiz.refresh_from_db()
    assert quiz.opens_at == noon


def test_a_category_that_only_a_section_names_stays(in_school: Tenant, quiz: Assessment) -> None:
    category = create_category(name="Loops", by=None)
    question = ask(None, category=category, is_shared=True).question
    add_section(assessment=quiz, by=None, draw_count=1, draw_category=category)
    change_question(question=question, by=None, category=None)

    with pytest.raises(CategoryInUse):
        delete_category(category=category, by=None)

    assert QuestionCategory.objects.exists()


def test_the_same_change_twice_makes_no_second_version(in_school: Tenant, quiz: Assessment) -> None:
    version = ask(None)
    version.is_used = True
    version.save()

    same = change_question(question=version.question, by=None, question_text=version.question_text)
    other = change_question(question=version.question, by=None, question_text="Other words")

    assert (same.number, other.number) == (1, 2)


def test_counters_follow_sections_without_points(in_school: Tenant, quiz: Assessment) -> None:
    for number in range(3):
        ask(None, str(number), is_shared=True)
    add_section(assessment=quiz, by=None, draw_count=2)
    add_section(assessment=quiz, by=None, draw_count=1, points=Decimal(4))

    count_questions(quiz)

    quiz.refresh_from_db()
    assert (quiz.question_count, quiz.max_score) == (3, Decimal(24))


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_what_two_people_do_at_once_is_done_once(school: Tenant) -> None:
    with tenant_context(school):
        quiz = create_assessment(course=CourseFactory.create(), by=None, title="Quiz")
        question = ask(None).question
        user = User.objects.create(email="somebody@maple.test")

    def inside(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with tenant_context(school):
                return work()

        return run

    works: list[Callable[[], Any]] = [
        lambda: add_question(assessment=quiz, question=question, by=None),
        lambda: create_category(name="Loops", by=None),
        lambda: create_accommodation(by=None, user=user, assessment=quiz),
    ]
    outcomes = [in_parallel([inside(work)] * 2) for work in works]

    codes = [sorted(getattr(outcome, "code", "done") for outcome in pair) for pair in outcomes]
    assert codes == [["done", "question_twice"], ["category_exists", "done"], ["accommodation_exists", "done"]]
    with tenant_context(school):
        quiz.refresh_from_db()
        assert (quiz.question_count, AssessmentItem.objects.count(), Accommodation.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_two_lines_at_once_stand_one_behind_the_other(school: Tenant) -> None:
    with tenant_context(school):
        quiz = create_assessment(course=CourseFactory.create(), by=None, title="Quiz")
        questions = [ask(None, str(number)).question for number in range(4)]

    def add(question: Question) -> Any:
        with tenant_context(school):
            return add_question(assessment=quiz, question=question, by=None)

    in_parallel([partial(add, question) for question in questions])

    with tenant_context(school):
        assert sorted(AssessmentItem.objects.values_list("order", flat=True)) == [0, 1, 2, 3]
        quiz.refresh_from_db()
        assert (quiz.question_count, quiz.max_score) == (4, Decimal(40))
