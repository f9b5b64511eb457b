"""The lines of an assessment through the API."""

from apps.assessments.models import Assessment, AssessmentItem
from apps.assessments.services import add_question, start_attempt
from apps.assessments.tests.authoring.conftest import CountOf, ask, item_at, items_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_question_of_the_bank_is_put_on_with_its_own_points_or_others(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        first, second = ask(instructor, "one").question_id, ask(instructor, "two").question_id

    one = client.post(items_of(quiz), {"question": str(first)})
    two = client.post(items_of(quiz), {"question": str(second), "points": "2.50"})
    again = client.post(items_of(quiz), {"question": str(second)})

    assert (one.status_code, two.status_code) == (201, 201)
    assert (one.json()["points"], one.json()["question_points"], one.json()["order"]) == (None, "10.00", 0)
    assert (two.json()["points"], two.json()["question_text"], two.json()["order"]) == ("2.50", "two", 1)
    assert (again.status_code, again.json()["code"]) == (409, "question_twice")
    shown = client.get(f"/api/assessments/{quiz.id}/").json()
    assert (shown["question_count"], shown["max_score"]) == (2, "12.50")
    assert "is_correct" not in client.get(items_of(quiz)).content.decode()


def test_only_what_the_author_may_use_is_put_on(
    school: Tenant, quiz: Assessment, instructor: User, colleague: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        hers = ask(colleague).question_id
        shared = ask(colleague, is_shared=True).question_id

    refused = as_user(instructor).post(items_of(quiz), {"question": str(hers)})
    taken = as_user(instructor).post(items_of(quiz), {"question": str(shared)})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "does_not_exist")
    assert taken.status_code == 201


def test_two_authors_do_not_overwrite_each_other(
    school: Tenant, quiz: Assessment, instructor: User, admin: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor).question_id
    made = as_user(instructor).post(items_of(quiz), {"question": str(question)})
    tag = {"If-Match": made.headers["ETag"]}

    first = as_user(instructor).patch(item_at(made.json()), {"points": "1"}, headers=tag)
    second = as_user(admin).patch(item_at(made.json()), {"points": "2"}, headers=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert as_user(admin).get(item_at(made.json())).json()["points"] == "1.00"


def test_lines_are_put_in_order_all_or_nothing(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        questions = [str(ask(instructor, str(n)).question_id) for n in range(3)]
    ids = [client.post(items_of(quiz), {"question": question}).json()["id"] for question in questions]
    address = f"{items_of(quiz)}reorder/"

    ordered = client.post(address, {"ids": [ids[2], ids[0], ids[1]]})
    short = client.post(address, {"ids": ids[:2]})
    twice = client.post(address, {"ids": [ids[0], *ids]})

    assert [row["id"] for row in ordered.json()["results"]] == [ids[2], ids[0], ids[1]]
    assert (short.json()["code"], twice.json()["code"]) == ("invalid_order", "invalid_order")
    with tenant_context(school):
        paper = start_attempt(assessment=quiz, by=learner).attempt.paper
    assert [slot["question_text"] for slot in paper] == ["2", "0", "1"]
    asked = client.get(f"/api/assessments/{quiz.id}/questions/").json()["results"]
    assert [row["question_text"] for row in asked] == ["2", "0", "1"]


def test_a_line_that_goes_leaves_its_question_in_the_bank(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(school):
        question = ask(instructor).question_id
    made = client.post(items_of(quiz), {"question": str(question)}).json()

    gone = client.delete(item_at(made))

    assert gone.status_code == 204
    assert client.get(f"/api/questions/{question}/").status_code == 200
    assert client.get(f"/api/assessments/{quiz.id}/").json()["question_count"] == 0


def test_lines_are_for_who_makes_the_assessment(
    school: Tenant,
    quiz: Assessment,
    instructor: User,
    colleague: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        item = add_question(assessment=quiz, question=ask(instructor).question, by=instructor)
        other = ask(instructor, is_shared=True).question_id
    address = f"/api/assessment-items/{item.id}/"

    outsiders = (colleague, principal, learner, stranger)
    lists = [as_user(person).get(items_of(quiz)).status_code for person in outsiders]
    shown = [as_user(person).get(address).status_code for person in outsiders]
    added = [as_user(person).post(items_of(quiz), {"question": str(other)}).status_code for person in outsiders]
    moved = [
        as_user(person).post(f"{items_of(quiz)}reorder/", {"ids": [str(item.id)]}).status_code for person in outsiders
    ]
    changed = [as_user(person).patch(address, {"points": "1"}).status_code for person in outsiders]
    removed = [as_user(person).delete(address).status_code for person in outsiders]

    assert lists == [404, 200, 403, 404]
    assert shown == [404, 200, 403, 404]
    assert added == moved == [404, 403, 403, 404]
    assert changed == removed == [404, 403, 403, 404]
    with tenant_context(school):
        assert list(AssessmentItem.objects.values_list("id", "points", "order")) == [(item.id, None, 0)]


def test_the_list_costs_the_same_for_three_and_for_thirty(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf, count_queries: CountOf
) -> None:
    client = as_user(instructor)
    counts = []

    for more in (3, 27):
        with tenant_context(school):
            for number in range(more):
                question = ask(instructor, f"{more} {number}").question
                AssessmentItem.objects.create(assessment=quiz, question=question)
        counts.append(count_queries(lambda: client.get(items_of(quiz), {"page_size": 50})))

    assert counts[0] == counts[1]
    assert counts[0] <= 6


def test_a_question_on_two_assessments_is_listed_once_on_each(
    school: Tenant, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        question = ask(instructor).question
        other = Assessment.objects.create(course=quiz.course, title="Other")
        add_question(assessment=other, question=ask(instructor, "first there").question, by=instructor)
        for assessment in (quiz, other):
            add_question(assessment=assessment, question=question, by=instructor)

    rows = as_user(instructor).get(f"/api/assessments/{quiz.id}/questions/").json()["results"]

    assert [row["id"] for row in rows] == [str(question.id)]
