"""Final grades: the list, one of them, freezing and opening again."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.jobs import accepted
from apps.core.http.schema import failure
from apps.core.http.versions import etag_of
from apps.core.jobs.serializers import JobSerializer
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.models import FinalGrade
from apps.gradebook.permissions import FinalGradePolicy
from apps.gradebook.selectors.finals import final_rows, learner_rows
from apps.gradebook.serializers.finals import (
    FinalGradeChangeSerializer,
    FinalGradeSerializer,
    FinalGradesQuerySerializer,
    UnfreezeSerializer,
    UnfrozenSerializer,
)
from apps.gradebook.services.finals import override_final_grade
from apps.gradebook.services.freezing import start_freeze, unfreeze
from apps.gradebook.views import final_examples as examples
from apps.gradebook.views import job_examples
from apps.gradebook.views.base import OfCourseMixin, id_in_url, version_seen


@extend_schema_view(
    list=extend_schema(
        summary="List the final grades of a course",
        description="Learners by name. Until the gradebook is frozen there is nothing but what people have given "
        "(`override_percentage`); the totals so far are in the grid.",
        parameters=[FinalGradesQuerySerializer],
        responses=FinalGradeSerializer(many=True),
        examples=[examples.FINAL_GRADE],
    ),
    retrieve=extend_schema(
        summary="Show a final grade",
        description="Of anybody who is in the course or was.",
        responses=FinalGradeSerializer,
        examples=[examples.FINAL_GRADE],
    ),
    partial_update=extend_schema(
        summary="Give a final grade",
        description="In per cent; it counts instead of the computed one, and `null` takes it back, both with a reason. "
        "`If-Match` with the final grade's tag: 412 when somebody else has changed it. Nobody gives their own (403 "
        "`own_grade`); once the gradebook is frozen it is too late (409 `gradebook_frozen`).",
        request=FinalGradeChangeSerializer,
        responses=FinalGradeSerializer,
        examples=[examples.GIVE, examples.TAKE_BACK, examples.FINAL_GRADE],
    ),
)
class FinalGradeViewSet(OfCourseMixin):
    """The final grades of a course."""

    policy = FinalGradePolicy
    queryset = FinalGrade.objects.all()
    serializer_class = FinalGradeSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        query = FinalGradesQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data.get("status")
        learners = learner_rows(course.id, statuses=[wanted] if wanted else OPEN_THE_CONTENT)
        page = self.paginate_queryset(learners) or []
        return self.get_paginated_response(final_rows(course.id, page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown(self.checked_course().id)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        body = FinalGradeChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        override_final_grade(
            course_id=course.id,
            user_id=id_in_url(self.kwargs["user_id"]),
            percentage=body.validated_data["override_percentage"],
            reason=body.validated_data["reason"],
            by=self.actor,
            version=version_seen(request),
        )
        return self._shown(course.id)

    def _shown(self, course_id: UUID) -> Response:
        user_id = id_in_url(self.kwargs["user_id"])
        learners = list(learner_rows(course_id, statuses=EnrollmentStatus.values, user_id=user_id))
        if not learners:
            raise NotFound
        (row,) = final_rows(course_id, learners)
        return Response(FinalGradeSerializer(row).data, headers={"ETag": f'"{row["version"]}"'})

    @extend_schema(
        summary="Freeze the final grades of a course",
        description="A job computes every active and completed learner's total; they all stand at once, when it has "
        "succeeded. From the request to the end of the job nobody changes the gradebook (409 `gradebook_freezing`), "
        "and afterwards until it is opened again (409 `gradebook_frozen`). When the job fails or is cancelled, the "
        "gradebook is open as before.",
        request=None,
        responses={202: OpenApiResponse(JobSerializer, "A job does it"), 429: failure("429")},
        examples=[job_examples.FREEZING],
    )
    def freeze(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._freeze)

    def _freeze(self) -> Response:
        return accepted(start_freeze(course_id=self.checked_course().id, by=self.actor), self.request)

    @extend_schema(
        summary="Open the final grades of a course again",
        description="With a reason. No final grade stands any more; what people have given stays for the next freeze.",
        request=UnfreezeSerializer,
        responses=UnfrozenSerializer,
        examples=[examples.UNFREEZE, examples.UNFROZEN],
    )
    def unfreeze(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        body = UnfreezeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        opened = unfreeze(
            course_id=course.id, reason=body.validated_data["reason"], by=self.actor, now=timezone.now()
        )  # fmt: skip
        headers = {"ETag": etag_of(opened) or ""}
        return Response(UnfrozenSerializer(opened).data, status=status.HTTP_200_OK, headers=headers)
