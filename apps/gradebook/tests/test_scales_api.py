"""The scales of the school through the API."""

from typing import Any

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook.factories import LETTERS, GradeScaleFactory
from apps.gradebook.models import Gradebook, GradeScale
from apps.gradebook.services import InvalidBands, create_scale
from apps.gradebook.services.scales import MOST_BANDS
from apps.gradebook.tests.books import Book, book_of
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/grade-scales/"
PASS_FAIL = [
    {"label": "Pass", "from_percentage": "60.00", "is_passing": True},
    {"label": "Fail", "from_percentage": "0.00", "is_passing": False},
]


def at(scale: Any) -> str:
    return f"{URL}{scale.id}/"


def changed_band(place: int, **entries: Any) -> list[dict[str, Any]]:
    return [{**band, **entries} if number == place else band for number, band in enumerate(LETTERS)]


def use(book: Book, scale: GradeScale) -> None:
    with tenant_context(book.school):
        Gradebook.objects.update_or_create(course=book.course, defaults={"scale": scale})


def test_scales_from_first_to_last(instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)

    made = client.post(URL, {"name": "Letters", "bands": changed_band(0, from_percentage=92.5, label=" A+ ")})
    other = client.post(URL, {"name": "Passed", "kind": "pass_fail", "bands": PASS_FAIL})
    twice = client.post(URL, {"name": "Letters", "bands": LETTERS})
    url = f"{URL}{made.json()['id']}/"
    changed = client.patch(url, {"name": "Marks", "bands": LETTERS}, HTTP_IF_MATCH=made["ETag"])
    stale = client.patch(url, {"name": "Other"}, HTTP_IF_MATCH=made["ETag"])
    taken = client.patch(url, {"name": "Passed"})

    assert (made.status_code, made.json()["kind"], made.json()["version"]) == (201, "letter", 1)
    assert made.json()["bands"] == [{"label": "A+", "from_percentage": "92.50", "is_passing": True}, *LETTERS[1:]]
    assert made.json()["created_by_id"] == str(instructor.id)
    assert (other.status_code, other.json()["bands"]) == (201, PASS_FAIL)
    assert [(answer.status_code, answer.json()["code"]) for answer in (twice, taken)] == [
        (409, "grade_scale_exists")
    ] * 2
    assert (changed.status_code, changed.json()["bands"], changed["ETag"]) == (200, LETTERS, '"2"')
    assert stale.status_code == 412
    assert [row["name"] for row in client.get(URL).json()["results"]] == ["Marks", "Passed"]
    assert [row["name"] for row in client.get(URL, {"kind": "pass_fail"}).json()["results"]] == ["Passed"]
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("kind", "bands", "fields"),
    [
        ("letter", [], ["bands"]),
        ("letter", "A", ["bands"]),
        ("letter", None, ["bands"]),
        ("letter", [{"label": "Everybody", "from_percentage": 0, "is_passing": True}] * 51, ["bands"]),
        ("letter", ["A"], ["bands.0"]),
        ("letter", changed_band(2, from_percentage="much"), ["bands.2.from_percentage"]),
        ("letter", changed_band(2, from_percentage="100.01"), ["bands.2.from_percentage"]),
        ("letter", changed_band(2, from_percentage="70.001"), ["bands.2.from_percentage"]),
        ("letter", changed_band(2, from_percentage="NaN"), ["bands.2.from_percentage"]),
        ("letter", changed_band(2, from_percentage=80), ["bands.2.from_percentage"]),
        ("letter", changed_band(4, from_percentage=1), ["bands.4.from_percentage"]),
        ("letter", changed_band(2, label=""), ["bands.2.label"]),
        ("letter", changed_band(2, label="x" * 51), ["bands.2.label"]),
        ("letter", changed_band(2, label="A"), ["bands.2.label"]),
        ("letter", changed_band(2, is_passing="perhaps"), ["bands.2.is_passing"]),
        ("letter", changed_band(1, is_passing=False), ["bands.2.is_passing"]),
        ("pass_fail", LETTERS, ["bands"]),
        ("pass_fail", PASS_FAIL[:1], ["bands"]),
        ("pass_fail", [{**PASS_FAIL[0], "is_passing": False}, PASS_FAIL[1]], ["bands.0.is_passing"]),
        ("pass_fail", [PASS_FAIL[0], {**PASS_FAIL[1], "is_passing": True}], ["bands.1.is_passing"]),
        ("stars", LETTERS, ["kind"]),
    ],
)
def test_bands_that_make_no_scale_are_named(
    school: Tenant, instructor: User, as_user: ClientOf, kind: str, bands: Any, fields: list[str]
) -> None:
    refused = as_user(instructor).post(URL, {"name": "Letters", "kind": kind, "bands": bands})

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == fields
    with tenant_context(school):
        assert not GradeScale.objects.exists()


@pytest.mark.parametrize(
    ("bands", "fields"),
    [
        ({"A": 90}, []),
        ([LETTERS[0]] * (MOST_BANDS + 1), []),
        (["A"], ["bands.0"]),
        ([{"label": 5, "from_percentage": True, "is_passing": 1, "color": "red"}], [
            "bands.0.color", "bands.0.label", "bands.0.is_passing", "bands.0.from_percentage",
        ]),
        ([{"label": "A\x00", "from_percentage": "1e999999999", "is_passing": True}], [
            "bands.0.label", "bands.0.from_percentage",
        ]),
        ([{"label": "A", "from_percentage": "much", "is_passing": True}], ["bands.0.from_percentage"]),
        ([{"label": "A", "from_percentage": [0], "is_passing": True}], ["bands.0.from_percentage"]),
    ],
)  # fmt: skip
def test_the_service_believes_nobody(in_school: Tenant, bands: Any, fields: list[str]) -> None:
    with pytest.raises(InvalidBands) as refused:
        create_scale(by=None, name="Letters", bands=bands)

    assert [error["field"] for error in refused.value.extra.get("errors", [])] == fields


def test_a_scale_in_use_stays(book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        scale = GradeScaleFactory.create(created_by_id=instructor.id)
    use(book, scale)

    refused = as_user(instructor).delete(at(scale))

    assert (refused.status_code, refused.json()["code"]) == (409, "scale_in_use")
    with tenant_context(book.school):
        assert GradeScale.objects.filter(id=scale.id).exists()


def test_bands_do_not_change_under_the_courses_of_others(
    book: Book, instructor: User, admin: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        scale = GradeScaleFactory.create(created_by_id=instructor.id)
        colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    use(book, scale)
    bands = changed_band(0, from_percentage="95.00")

    own = as_user(instructor).patch(at(scale), {"bands": bands})
    use(book_of(book.school, colleague), scale)
    refused = as_user(instructor).patch(at(scale), {"bands": LETTERS})
    renamed = as_user(instructor).patch(at(scale), {"name": "Strict", "bands": bands})
    by_admin = as_user(admin).patch(at(scale), {"bands": LETTERS})

    assert (own.status_code, own.json()["bands"]) == (200, bands)
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["field"]) == (
        409, "scale_in_use", "bands",
    )  # fmt: skip
    assert (renamed.status_code, by_admin.status_code, by_admin.json()["bands"]) == (200, 200, LETTERS)


def test_scales_are_for_who_teaches_and_changed_by_who_made_them(
    school: Tenant, learner: User, instructor: User, principal: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        scale = GradeScaleFactory.create(created_by_id=None)
    change = {"name": "Mine"}

    def answers(user: User) -> list[int]:
        client = as_user(user)
        return [
            client.get(URL).status_code,
            client.get(at(scale)).status_code,
            client.patch(at(scale), change).status_code,
            client.delete(at(scale)).status_code,
        ]

    assert answers(learner) == [403, 403, 403, 403]
    assert as_user(learner).post(URL, {"name": "Mine", "bands": LETTERS}).status_code == 403
    assert answers(instructor) == [200, 200, 403, 403]
    assert answers(principal) == [200, 200, 403, 403]
    assert answers(stranger) == [200, 404, 404, 404]
    assert as_user(stranger).get(URL).json()["count"] == 0
    with tenant_context(school):
        assert GradeScale.objects.get().name == scale.name
