"""Enrolments: the list, one's own, enrolling, and every step of the state machine."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.idempotency import answer_once
from apps.core.http.versions import etag_of, require_match
from apps.core.http.views import CreateMixin, ListMixin, RetrieveMixin, UpdateMixin, lookup_of
from apps.core.rows import SqlRows
from apps.courses.models import Course
from apps.courses.permissions import CoursePolicy
from apps.enrollments.filters import EnrollmentFilter, OwnEnrollmentFilter
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.enrollments.permissions import EnrollmentPolicy
from apps.enrollments.selectors import own_enrollments
from apps.enrollments.serializers import (
    BulkEnrollmentSerializer,
    BulkResultSerializer,
    ChangeEnrollmentSerializer,
    EnrollmentDetailSerializer,
    EnrollmentSerializer,
    NewEnrollmentSerializer,
    OwnEnrollmentSerializer,
    TransitionRequestSerializer,
    TransitionSerializer,
)
from apps.enrollments.services import change_enrollment_expiry, change_enrollment_status, enroll, enroll_many
from apps.enrollments.state_machine import Action
from apps.enrollments.views import examples
from apps.enrollments.views.rows import NestedRowsMixin
from apps.users.models import GroupMembership

Step = Callable[..., Response]
STEPS: Final = frozenset(action.value for action in Action)


def step_schema(summary: str, description: str) -> Callable[[Step], Step]:
    """Return the schema of one step of the state machine."""
    schema: Callable[[Step], Step] = extend_schema(
        summary=summary,
        description=f"{description} Where the table has no such step: 409 `transition_not_allowed`.",
        request=TransitionRequestSerializer,
        responses=EnrollmentDetailSerializer,
        examples=[examples.REASON, examples.ENROLLMENT, examples.NO_SUCH_STEP],
    )
    return schema


@extend_schema_view(
    list=extend_schema(
        summary="List enrolments",
        description="Learners see their own; who teaches, those of their courses too; admins and principals all of "
        "the school. Newest first.",
        responses=EnrollmentSerializer(many=True),
        examples=[examples.ENROLLMENT_ROW],
    ),
    retrieve=extend_schema(
        summary="Show an enrolment", responses=EnrollmentDetailSerializer, examples=[examples.ENROLLMENT]
    ),
    create=extend_schema(
        summary="Enrol in a course",
        description="Yourself, or as staff of the course somebody else. Who enrols themselves must meet what the "
        "course asks for: it is free (402 `payment_required`), takes self-enrolments (403 `self_enrollment_closed`) "
        "and its prerequisites are met (409 `prerequisites_missing`, with the list). Staff waive these, never the "
        "seats (409 `course_full`). Whoever had dropped the course comes back to the same enrolment, with its "
        "progress. When there is an enrolment already: 409 `already_enrolled` with its id, so that a client that "
        "lost the first answer can go on; with an `Idempotency-Key` it gets the first answer again.",
        responses={201: EnrollmentDetailSerializer},
        examples=[
            examples.SELF_ENROLLMENT,
            examples.STAFF_ENROLLMENT,
            examples.ENROLLMENT,
            examples.ALREADY,
            examples.UNPAID,
        ],
    ),
    partial_update=extend_schema(
        summary="Change when access ends",
        request=ChangeEnrollmentSerializer,
        responses=EnrollmentDetailSerializer,
        examples=[examples.EXPIRY, examples.ENROLLMENT],
    ),
)
class EnrollmentViewSet(NestedRowsMixin, RetrieveMixin, CreateMixin, UpdateMixin):
    """Enrolments, and what staff and learners do with them."""

    policy = EnrollmentPolicy
    queryset = Enrollment.objects.newest_first()
    serializer_class = EnrollmentDetailSerializer
    serializers_of_requests: ClassVar[dict[str, type[BaseSerializer[Any]]]] = {
        "create": NewEnrollmentSerializer,
        "bulk": BulkEnrollmentSerializer,
        "partial_update": ChangeEnrollmentSerializer,
    }
    filterset_class = EnrollmentFilter
    rows = "as_rows"

    def get_queryset(self) -> QuerySet[Enrollment]:
        queryset: QuerySet[Enrollment] = super().get_queryset()
        return queryset if self.action == "list" else queryset.select_related("course", "user")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action in STEPS:
            return TransitionRequestSerializer
        return self.serializers_of_requests.get(self.action, EnrollmentDetailSerializer)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the enrolment in full, whatever the request was made of."""
        body = EnrollmentDetailSerializer(obj, context=self.get_serializer_context()).data
        return Response(body, status=status_code, headers={"ETag": str(etag_of(obj))})

    def perform_create(self, serializer: BaseSerializer[Any]) -> Enrollment:
        data = dict(serializer.validated_data)
        course = self.course_named(data.pop("course"))
        user = data.pop("user", self.actor)
        if user.id == self.actor.id:
            self._require_own(data)
        elif not self.policy.can(self.actor, "enroll_others", course):
            raise PermissionDenied
        return enroll(user=user, course=course, by=self.actor, **data)

    def _require_own(self, data: dict[str, Any]) -> None:
        """Enrolling oneself leaves nothing to choose, and needs an account of the school."""
        if self.actor.tenant_id is None:
            raise ValidationError({"user": "Platform staff have no account in the school: name whom to enrol."})
        if data:
            raise PermissionDenied

    def course_named(self, identifier: str) -> Course:
        """Return the course that the body names by id or slug."""
        lookup = lookup_of(identifier, "slug")
        courses = CoursePolicy.visible(self.actor, Course.objects.all())
        course: Course | None = courses.filter(**lookup).first() if lookup else None
        if course is None:
            raise ValidationError({"course": ["There is no such course."]}, code="does_not_exist")
        return course

    def perform_update(self, serializer: BaseSerializer[Any]) -> Enrollment:
        enrollment: Any = serializer.instance
        if "expires_at" not in serializer.validated_data:
            return enrollment  # type: ignore[no-any-return]
        return change_enrollment_expiry(enrollment=enrollment, expires_at=serializer.validated_data["expires_at"])

    @extend_schema(
        summary="Enrol many learners",
        description="At most 500 learners, named one by one or by their group, for staff of the course. Each gets an "
        "answer of their own; who can't be enrolled does not stop the others.",
        responses=BulkResultSerializer,
        examples=[examples.BULK, examples.BULK_RESULT],
    )
    def bulk(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._bulk)

    def _bulk(self) -> Response:
        data = self.validated()
        course = self.course_named(data["course"])
        self.check_object_permissions(self.request, course)
        if group := data.get("group"):
            members = GroupMembership.objects.filter(group=group).order_by("joined_at", "id")
            data["users"] = list(members.values_list("user_id", flat=True))
        rows = enroll_many(user_ids=data["users"], course=course, by=self.actor, expires_at=data.get("expires_at"))
        return Response({"results": rows})

    @step_schema("Approve an enrolment", "A pending enrolment becomes active; its time starts now.")
    def approve(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.APPROVE)

    @step_schema("Complete an enrolment", "By decision of the staff; learners complete by what they do.")
    def complete(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.COMPLETE)

    @step_schema("Drop an enrolment", "The learner leaves, or staff take them out; the seat is free again.")
    def drop(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.DROP)

    @step_schema("Expire an enrolment", "Access ends now; the seat is free again.")
    def expire(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.EXPIRE)

    @step_schema(
        "Reactivate an enrolment",
        "Suspended, dropped or expired becomes active, with its progress; who had lost their seat needs a free one, "
        "and time that had run out starts anew. Learners who dropped a course enrol again instead.",
    )
    def reactivate(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.REACTIVATE)

    @step_schema("Suspend an enrolment", "The content is closed to the learner until it is reactivated.")
    def suspend(self, request: Request, **kwargs: Any) -> Response:
        return self._step(Action.SUSPEND)

    def _step(self, action: Action) -> Response:
        with transaction.atomic():
            enrollment = self.get_object()
            require_match(self.request, enrollment)
            reason = self.validated()["reason"]
            changed = change_enrollment_status(enrollment=enrollment, action=action, by=self.actor, reason=reason)
        return self.answer(changed)


@extend_schema_view(
    list=extend_schema(
        summary="List my enrolments",
        description="The caller's own courses, newest first, with progress and where to resume.",
        responses=OwnEnrollmentSerializer(many=True),
        examples=[examples.OWN_ROW],
    )
)
class OwnEnrollmentViewSet(NestedRowsMixin):
    """What the caller takes."""

    policy = EnrollmentPolicy
    queryset = Enrollment.objects.none()
    serializer_class = OwnEnrollmentSerializer
    filterset_class = OwnEnrollmentFilter

    def row_source(self) -> SqlRows:
        self.filter_queryset(self.queryset)  # refuses an unknown status
        return own_enrollments(user_id=self.actor.id, status=self.request.query_params.get("status") or None)


@extend_schema_view(
    list=extend_schema(
        summary="Show the history of an enrolment",
        description="Every change of status, oldest first.",
        examples=[examples.TRANSITION],
    )
)
class EnrollmentHistoryViewSet(ListMixin):
    """What happened to one enrolment."""

    policy = EnrollmentPolicy
    queryset = EnrollmentTransition.objects.order_by("occurred_at", "id")
    serializer_class = TransitionSerializer

    def get_queryset(self) -> QuerySet[EnrollmentTransition]:
        lookup = lookup_of(self.kwargs["id"])
        enrollment = EnrollmentPolicy.visible(self.actor, Enrollment.objects.all()).filter(**lookup).first()
        if not lookup or enrollment is None:
            raise NotFound
        return EnrollmentTransition.objects.filter(enrollment=enrollment).order_by("occurred_at", "id")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset
