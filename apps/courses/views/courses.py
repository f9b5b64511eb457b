"""`/courses/` and what happens to one course as a whole."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.errors import NotFound
from apps.core.http.idempotency import answer_once
from apps.core.http.versions import require_match
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.courses.filters import CourseFilter
from apps.courses.models import Course, CourseInstructor
from apps.courses.permissions import CoursePolicy, PartPolicy, is_author, reads_all
from apps.courses.selectors import course_prerequisites
from apps.courses.serializers import (
    CoursePrerequisiteSerializer,
    CourseRowSerializer,
    CourseSerializer,
    InstructorSerializer,
)
from apps.courses.services import (
    UnknownRequirement,
    add_course_prerequisite,
    add_instructor,
    archive_course,
    change_course,
    create_course,
    delete_course,
    publish_course,
    remove_course_prerequisite,
    remove_instructor,
    unpublish_course,
)
from apps.courses.thumbnails import with_thumbnail
from apps.courses.views import examples
from apps.courses.views.base import ActorMixin, PartViewSet, bounded


@extend_schema_view(
    list=extend_schema(
        summary="List courses",
        description="Learners see what is published, authors what they teach (`scope=all`: what is published too), "
        "admins and principals everything. Newest first.",
        responses=CourseRowSerializer(many=True),
        examples=[examples.COURSE_ROW],
    ),
    retrieve=extend_schema(summary="Show a course", examples=[examples.COURSE]),
    create=extend_schema(
        summary="Create a course",
        description="A draft; its author becomes its first instructor. The slug follows from the title and stays.",
        examples=[examples.NEW_COURSE, examples.COURSE],
    ),
    partial_update=extend_schema(summary="Change a course", examples=[examples.COURSE_CHANGE, examples.COURSE]),
    destroy=extend_schema(
        summary="Delete a course",
        description="Only a draft that nobody has joined; everything else is archived instead (409).",
    ),
)
class CourseViewSet(ActorMixin, ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Courses; each answers to its id and to its slug."""

    policy = CoursePolicy
    queryset = Course.objects.order_by("-created_at", "-id")
    serializer_class = CourseSerializer
    filterset_class = CourseFilter
    slug_field = "slug"
    rows = "as_rows"

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return [with_thumbnail(row) for row in super().paginate_queryset(queryset) or ()]

    def get_queryset(self) -> QuerySet[Course]:
        queryset = super().get_queryset()
        user = self.request.user
        if self.action == "list" and is_author(user) and not reads_all(user) and not self._asks_for_all():
            return queryset.filter(is_taught=True)
        return queryset

    def _asks_for_all(self) -> bool:
        return self.request.query_params.get("scope") == "all"

    def perform_create(self, serializer: BaseSerializer[Any]) -> Course:
        return create_course(by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Course:
        course: Any = serializer.instance
        return change_course(course=course, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: Course) -> None:
        delete_course(course=instance, by=self.actor)

    @extend_schema(
        summary="Publish a course",
        description="Learners see it from now on. Refused (409 `course_empty`) while it holds nothing to open.",
        request=None,
        examples=[examples.COURSE],
    )
    def publish(self, request: Request, **kwargs: Any) -> Response:
        return self._step(request, publish_course)

    @extend_schema(summary="Take a course back to draft", request=None, examples=[examples.COURSE])
    def unpublish(self, request: Request, **kwargs: Any) -> Response:
        return self._step(request, unpublish_course)

    @extend_schema(summary="Archive a course", request=None, examples=[examples.COURSE])
    def archive(self, request: Request, **kwargs: Any) -> Response:
        return self._step(request, archive_course)

    def _step(self, request: Request, service: Callable[..., Course]) -> Response:
        with transaction.atomic():
            course = self.get_object()
            require_match(request, course)
            return self.answer(service(course=course, by=self.actor))


@extend_schema_view(
    list=extend_schema(
        summary="List the instructors of a course",
        responses=InstructorSerializer(many=True),
        examples=[examples.INSTRUCTOR_PAGE],
    ),
    create=extend_schema(
        summary="Add an instructor to a course",
        description="Only an active instructor or admin of the school can teach.",
        examples=[examples.NEW_INSTRUCTOR, examples.INSTRUCTOR],
    ),
    destroy=extend_schema(
        summary="Remove an instructor from a course", description="The last one stays (409 `last_instructor`)."
    ),
)
class CourseInstructorViewSet(CreateMixin, PartViewSet):
    """The people who teach one course."""

    policy = PartPolicy
    queryset = CourseInstructor.objects.order_by("order", "id")
    serializer_class = InstructorSerializer
    pagination_class = None

    def list(self, request: Request, **kwargs: Any) -> Response:
        links = self.queryset.filter(course=self.course_in_url()).select_related("user")
        return bounded(self.get_serializer(links, many=True).data)

    def perform_create(self, serializer: BaseSerializer[Any]) -> CourseInstructor:
        return add_instructor(course=self.course_in_url(), user_id=serializer.validated_data["user"], by=self.actor)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        remove_instructor(course=self.course_in_url(), user_id=as_id(kwargs["user_id"]), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    list=extend_schema(
        summary="List what a course asks for first",
        responses=CoursePrerequisiteSerializer(many=True),
        examples=[examples.COURSE_PREREQUISITE_PAGE],
    ),
    create=extend_schema(
        summary="Add a prerequisite to a course",
        description="Circles are refused (409 `prerequisite_cycle`), direct ones and those through other courses.",
        examples=[examples.NEW_COURSE_PREREQUISITE, examples.COURSE_PREREQUISITE],
    ),
    destroy=extend_schema(summary="Remove a prerequisite from a course"),
)
class CoursePrerequisiteViewSet(PartViewSet):
    """What one course asks for."""

    policy = PartPolicy
    queryset = Course.objects.none()
    serializer_class = CoursePrerequisiteSerializer
    pagination_class = None

    def list(self, request: Request, **kwargs: Any) -> Response:
        return bounded(self.get_serializer(course_prerequisites(self.course_in_url().id), many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        course = self.course_in_url()
        given = self.validated()
        required_id = given.pop("required_id")
        if not CoursePolicy.visible(self.actor, Course.objects.filter(id=required_id)).exists():
            raise UnknownRequirement
        created = add_course_prerequisite(course=course, required_course_id=required_id, by=self.actor, **given)
        row = next(row for row in course_prerequisites(course.id) if row["id"] == created.id)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        remove_course_prerequisite(
            course=self.course_in_url(), prerequisite_id=as_id(kwargs["prerequisite_id"]), by=self.actor
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def as_id(value: str) -> UUID:
    """Return an id of a URL.

    Raises:
        NotFound: nothing has such an id.
    """
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound from error
