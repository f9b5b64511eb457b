"""Rules of the services that no request reaches by itself."""

from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses import services
from apps.courses.access import NO_ACCESS, CourseAccess, get_course_access, register_access_provider
from apps.courses.choices import CourseStatus
from apps.courses.events import CoursePublished, CourseStructureChanged
from apps.courses.factories import (
    ContentItemFactory,
    CourseFactory,
    CourseInstructorFactory,
    CoursePrerequisiteFactory,
)
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module
from apps.courses.services import courses as course_services
from apps.courses.services import structure
from apps.courses.services.nesting import MAX_DEPTH, InvalidParent, check_parent, descendants
from apps.courses.services.ordering import MAX_ORDER, InvalidOrder, check_permutation, next_order
from apps.courses.services.prerequisites import UnknownRequirement, closes_cycle
from apps.users.models import User

Emitted = list[Any]


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> Emitted:
    """Return the events that the services emit."""
    events: Emitted = []
    monkeypatch.setattr(structure, "emit", events.append)
    monkeypatch.setattr(course_services, "emit", events.append)
    return events


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Advanced Python!", "advanced-python"), ("高级", "course"), ("x" * 200, "x" * 90), ("C++ & Go", "c-go")],
)
def test_the_slug_follows_from_the_title(title: str, slug: str, in_school: Tenant, instructor: User) -> None:
    course = services.create_course(by=instructor, title=title)

    assert course.slug == slug


def test_slugs_are_unique_per_school(in_school: Tenant, other_school: Tenant, admin: User, stranger: User) -> None:
    slugs = [services.create_course(by=admin, title="Python").slug for _ in range(3)]
    with tenant_context(other_school):
        foreign = services.create_course(by=stranger, title="Python").slug

    assert slugs == ["python", "python-2", "python-3"]
    assert foreign == "python"


def test_a_slug_that_is_always_taken_meanwhile_ends_in_a_conflict(
    in_school: Tenant, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    CourseFactory.create(slug="python")
    monkeypatch.setattr(course_services, "_free_slug", lambda _base: "python")

    with pytest.raises(Conflict):
        services.create_course(by=admin, title="Python")


def test_another_broken_constraint_is_not_taken_for_the_slug(in_school: Tenant, admin: User) -> None:
    with pytest.raises(IntegrityError):
        services.create_course(by=admin, title="Python", seat_limit=-1)


def test_platform_staff_create_courses_that_nobody_teaches_yet(in_school: Tenant, platform_staff: User) -> None:
    course = services.create_course(by=platform_staff, title="Python")

    assert course.created_by_id == platform_staff.id
    assert not CourseInstructor.objects.exists()


def test_what_cannot_be_set_is_refused(course: Course, admin: User) -> None:
    item = ContentItem.objects.first()
    assert item is not None
    calls: list[Any] = [
        lambda: services.change_course(course=course, by=admin, status="published"),
        lambda: services.change_module(module=item.module, by=admin, course=course),
        lambda: services.change_item(item=item, by=admin, course=course),
        lambda: services.create_item(module=item.module, by=admin, title="", content_type="text", version=7),
    ]

    for call in calls:
        with pytest.raises(InvalidInput, match="cannot be set"):
            call()


def test_publishing_keeps_the_first_date_and_tells(course: Course, admin: User, emitted: Emitted) -> None:
    first = course.published_at

    services.unpublish_course(course=course, by=admin)
    again = services.publish_course(course=course, by=admin)

    assert again.published_at == first
    assert again.version == course.version + 2
    assert emitted == [CoursePublished(course_id=course.id)]


def test_a_course_with_people_in_it_is_not_deleted(
    course: Course, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.unpublish_course(course=course, by=admin)
    monkeypatch.setattr(Course, "delete", Mock(side_effect=ProtectedError("", set())))

    with pytest.raises(services.courses.CourseNotDeletable, match="their records stay"):
        services.delete_course(course=course, by=admin)


def test_what_was_deleted_meanwhile_is_not_found(in_school: Tenant, admin: User) -> None:
    item = ContentItemFactory.create()
    stale = (Module.objects.get(), Course.objects.get())
    services.delete_item(item=item, by=admin)
    calls: list[Any] = [lambda: services.change_item(item=item, by=admin, title="x")]
    services.delete_module(module=stale[0], by=admin)
    calls += [
        lambda: services.change_module(module=stale[0], by=admin, title="x"),
        lambda: services.create_item(module=stale[0], by=admin, title="x", content_type="text", text_content="x"),
    ]
    for call in calls:
        with pytest.raises((NotFound, InvalidInput)):
            call()
    Course.objects.all().delete()
    with pytest.raises(NotFound):
        services.change_course(course=stale[1], by=admin, title="x")


@pytest.mark.parametrize(
    ("change", "tells"),
    [
        ({"title": "x"}, False),
        ({"duration_minutes": 5}, False),
        ({"is_free_preview": True}, False),
        ({"is_required": False}, True),
        ({"is_published": False}, True),
    ],
)
def test_only_what_counts_for_completion_is_told(
    change: dict[str, Any], tells: bool, course: Course, admin: User, emitted: Emitted
) -> None:
    item = ContentItem.objects.get(title="A1")

    services.change_item(item=item, by=admin, **change)

    assert emitted == ([CourseStructureChanged(course_id=course.id)] if tells else [])


def test_required_items_come_and_go(course: Course, admin: User, emitted: Emitted) -> None:
    module = Module.objects.get(title="A")

    services.create_module(course=course, by=admin, title="C")
    services.create_item(module=module, by=admin, title="o", content_type="text", text_content="o", is_required=False)
    assert emitted == []
    item = services.create_item(module=module, by=admin, title="r", content_type="text", text_content="r")
    services.delete_item(item=item, by=admin)
    services.change_module(module=module, by=admin, is_published=False)
    services.delete_module(module=module, by=admin)

    assert emitted == [CourseStructureChanged(course_id=course.id)] * 3


def test_items_below_something_hidden_do_not_count(course: Course) -> None:
    top = ContentItem.objects.get(title="A1")
    middle = ContentItemFactory.create(module=top.module, parent=top)
    bottom = ContentItemFactory.create(module=top.module, parent=middle)

    shown = set(ContentItem.objects.required().values_list("id", flat=True))
    ContentItem.objects.filter(id=top.id).update(is_published=False)
    hidden = set(ContentItem.objects.required().values_list("id", flat=True))

    assert shown - hidden == {top.id, middle.id, bottom.id}


def test_a_moved_item_takes_along_what_is_below(course: Course, admin: User) -> None:
    top = ContentItem.objects.get(title="A1")
    below = ContentItemFactory.create(module=top.module, parent=top)
    target = Module.objects.get(title="B")
    host = ContentItem.objects.get(title="B1")

    services.change_item(item=top, by=admin, module_id=target.id, parent_id=host.id)

    below.refresh_from_db()
    assert (below.module_id, below.parent_id) == (target.id, top.id)
    assert ContentItem.objects.get(id=top.id).parent_id == host.id


def test_an_item_cannot_hang_below_itself_or_too_deep(course: Course, admin: User) -> None:
    top, other = ContentItem.objects.filter(module__title="A").order_by("title")
    middle = services.create_item(
        module=top.module, by=admin, title="m", content_type="text", text_content="m", parent_id=top.id
    )
    services.create_item(
        module=top.module, by=admin, title="b", content_type="text", text_content="b", parent_id=middle.id
    )

    for parent in (top.id, middle.id, other.id):
        with pytest.raises(InvalidParent):
            services.change_item(item=top, by=admin, parent_id=parent)

    services.change_item(item=middle, by=admin, parent_id=other.id)
    assert ContentItem.objects.get(id=middle.id).parent_id == other.id


def test_a_text_keeps_its_source_when_only_the_payload_is_sent_back(course: Course, admin: User) -> None:
    item = ContentItem.objects.get(title="A1")

    changed = services.change_item(item=item, by=admin, payload={"html": "<script>"})

    assert changed.payload == {"text_content": "Read *this*.", "html": "<p>Read <em>this</em>.</p>\n"}


def test_order_is_appended_within_bounds() -> None:
    assert (next_order(None), next_order(4), next_order(MAX_ORDER)) == (0, 5, MAX_ORDER)


def test_access_is_asked_of_one_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    user, course_id = User(), uuid4()
    monkeypatch.setattr("apps.courses.access._providers", [])

    def provider(_user: User, _course_id: UUID) -> CourseAccess:
        return CourseAccess(is_enrolled=True)

    assert get_course_access(user, course_id) is NO_ACCESS
    register_access_provider(provider)
    register_access_provider(provider)
    assert get_course_access(user, course_id).is_enrolled
    with pytest.raises(ValueError, match="only one"):
        register_access_provider(lambda _user, _course_id: NO_ACCESS)


def test_rows_have_names(in_school: Tenant) -> None:
    link = CourseInstructorFactory.create()
    asks = CoursePrerequisiteFactory.create()
    item = ContentItemFactory.create()

    assert str(link) == f"{link.user_id} teaches {link.course_id}"
    assert str(asks) == f"{asks.course_id} asks for {asks.required_course_id}"
    assert (str(item), str(item.module), str(item.course)) == (item.title, item.module.title, item.course.title)
    assert (Course(price_amount=0).is_free, Course(price_amount=1).is_free) == (True, False)


def test_seats_have_bounds(in_school: Tenant) -> None:
    full = CourseFactory.create(seat_limit=1, seats_taken=1)
    empty = CourseFactory.create(seats_taken=0, status=CourseStatus.DRAFT)

    with pytest.raises(services.CourseFull):
        services.take_seat(course_id=full.id)
    services.release_seat(course_id=empty.id)
    services.take_seat(course_id=empty.id)

    assert dict(Course.objects.values_list("id", "seats_taken")) == {full.id: 1, empty.id: 1}


NODES = [UUID(int=number) for number in range(8)]
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=20)


@given(EDGES)
def test_edges_that_close_no_circle_stay_without_one(edges: list[tuple[UUID, UUID]]) -> None:
    kept: list[tuple[UUID, UUID]] = []
    for edge in edges:
        if not closes_cycle(kept, edge):
            kept.append(edge)

    remaining = set(kept)
    while leaves := {source for source, _ in remaining} - {target for _, target in remaining}:
        remaining = {edge for edge in remaining if edge[0] not in leaves}
    assert remaining == set()


@given(st.permutations(NODES))
def test_every_permutation_is_accepted(ids: list[UUID]) -> None:
    check_permutation(NODES, ids)


@given(st.lists(st.sampled_from(NODES), max_size=10))
def test_everything_else_is_refused_with_a_reason_per_row(ids: list[UUID]) -> None:
    present = NODES[:5]
    if sorted(ids) == present:
        return

    with pytest.raises(InvalidOrder) as refused:
        check_permutation(present, ids)

    wrong = {error["field"] for error in refused.value.extra["errors"]}
    expected = {f"ids.{index}" for index, key in enumerate(ids) if key not in present or key in ids[:index]} | (
        {"ids"} if set(present) - set(ids) else set()
    )
    assert wrong == expected


def test_a_course_that_is_not_there_cannot_be_required(
    in_school: Tenant, other_school: Tenant, course: Course, admin: User
) -> None:
    with tenant_context(other_school):
        foreign = CourseFactory.create()

    for required in (uuid4(), foreign.id):
        with pytest.raises(UnknownRequirement):
            services.add_course_prerequisite(course=course, required_course_id=required, by=admin)

    assert CoursePrerequisite.objects.count() == 0


@given(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from([None, *NODES])), max_size=40))
def test_accepted_parents_never_make_circles_nor_depth(moves: list[tuple[UUID, UUID | None]]) -> None:
    parents: dict[UUID, UUID | None] = dict.fromkeys(NODES)
    for item, parent in moves:
        try:
            check_parent(parents, item, parent)
        except InvalidParent:
            continue
        parents[item] = parent

    for node in NODES:
        depth, above = 1, parents[node]
        while above is not None:
            depth, above = depth + 1, parents[above]
            assert depth <= MAX_DEPTH
        assert node not in descendants(parents, node)
