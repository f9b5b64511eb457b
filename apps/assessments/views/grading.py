"""Grading by people: the queue of open answers, grades, claims, and the history."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assessments.models import Attempt, AttemptAnswer
from apps.assessments.permissions import WRITE_ALL, GradingOfAssessmentPolicy, GradingPolicy
from apps.assessments.selectors import change_view, grade_changes, named, open_answers
from apps.assessments.serializers import (
    MOST_GRADES,
    ClaimSerializer,
    FeedbackSerializer,
    GradeChangeSerializer,
    GradedSerializer,
    GradeSerializer,
    OpenAnswerSerializer,
    QueueQuerySerializer,
)
from apps.assessments.services.claims import claim_attempt, release_attempt
from apps.assessments.services.given_grades import GivenGrade
from apps.assessments.services.manual_grading import (
    GradedRow,
    GradesChanged,
    give_feedback,
    grade_answer,
    grade_answers,
)
from apps.assessments.views import grading_examples as examples
from apps.assessments.views.attempts import ShownMixin
from apps.assessments.views.base import OfAssessmentMixin
from apps.core.http.versions import etag_of


@extend_schema_view(
    list=extend_schema(
        summary="List the answers that wait for a grade",
        description="`by=question`: all answers to one question after each other; `by=learner`: paper by paper. "
        "`anonymous=true`: pseudonyms, the same all through the assessment, instead of names and ids.",
        parameters=[QueueQuerySerializer],
        responses=OpenAnswerSerializer(many=True),
        examples=[examples.OPEN_ANSWER],
    )
)
class GradingQueueViewSet(OfAssessmentMixin):
    """The answers of one assessment that wait for a person."""

    policy = GradingOfAssessmentPolicy
    queryset = AttemptAnswer.objects.all()
    serializer_class = OpenAnswerSerializer
    filter_backends = ()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        assessment = self.assessment_in_url()
        self.check_object_permissions(request, assessment)
        query = QueueQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        rows = open_answers(assessment, order=wanted["by"], question_id=wanted.get("question"))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(list(named(page, assessment, is_anonymous=wanted["anonymous"])))


@extend_schema_view(
    create=extend_schema(
        summary="Grade answers of an attempt",
        description=f"One grade, or a list of at most {MOST_GRADES}, each with an answer of its own. Points from 0 to "
        "what the question is worth (below 0 only where it takes marks away) overrule the key's, and a regrade keeps "
        "them; changing points that are there asks for a reason. With a `rubric` (every criterion of it) the points "
        "follow: its share of what the question is worth, rounded half up to hundredths; other `points` beside it ask "
        "for a reason. The last open answer gives the attempt its score. "
        "`If-Match` with the attempt's tag: 412 when somebody else has graded since; without it, what another "
        "person has graded cannot be changed (`graded_by_another`).",
        request=PolymorphicProxySerializer(
            component_name="GradeOrGrades",
            serializers=[GradeSerializer, GradeSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        responses=GradedSerializer,
        examples=[examples.GRADE, examples.RUBRIC_GRADE, examples.GRADES, examples.GRADED],
    ),
    list=extend_schema(
        summary="Show the history of an attempt's grades",
        description="Who, when, why, from what to what; oldest first. Learners see their own, once they may see the "
        "score.",
        responses=GradeChangeSerializer(many=True),
        examples=[examples.CHANGE],
    ),
    partial_update=extend_schema(
        summary="Give an attempt overall feedback",
        description="`If-Match` as for grades.",
        request=FeedbackSerializer,
        responses=GradedSerializer,
        examples=[examples.FEEDBACK, examples.ATTEMPT],
    ),
)
class GradingViewSet(ShownMixin):
    """The grades of one attempt."""

    policy = GradingPolicy
    queryset = Attempt.objects.select_related("assessment")
    serializer_class = GradeSerializer
    filter_backends = ()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt: Attempt = self.get_object()
        is_bulk = isinstance(request.data, list)
        if is_bulk and not 1 <= len(request.data) <= MOST_GRADES:
            raise ValidationError({"": [f"Send 1 to {MOST_GRADES} grades."]}, code="too_many")
        serializer = self.get_serializer(data=request.data, many=is_bulk)
        serializer.is_valid(raise_exception=True)
        version = self._version_seen()
        if is_bulk:
            given = [_given(each) for each in serializer.validated_data]
            graded, rows = grade_answers(attempt_id=attempt.id, given=given, by=self.actor, version=version)
            return _graded(graded, rows)
        one = _given(serializer.validated_data)
        graded, row = grade_answer(attempt_id=attempt.id, given=one, by=self.actor, version=version)
        return _graded(graded, [row])

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt: Attempt = self.get_object()
        serializer = FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = serializer.validated_data
        return _graded(give_feedback(attempt_id=attempt.id, by=self.actor, version=self._version_seen(), **said))

    @extend_schema(
        summary="Claim an attempt",
        description="For half an hour nobody else can grade it (409 `attempt_claimed`). Claim again to go on.",
        request=None,
        responses=ClaimSerializer,
        examples=[examples.CLAIM],
    )
    def claim(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        claimed = claim_attempt(attempt_id=self.get_object().id, by=self.actor)
        return Response(ClaimSerializer(claimed).data, headers=_tag(claimed))

    @extend_schema(
        summary="Release an attempt",
        description="Ends your claim. Admins can end anybody's.",
        request=None,
        responses=ClaimSerializer,
        examples=[examples.CLAIM],
    )
    def release(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        is_forced = WRITE_ALL in self.actor.permissions
        released = release_attempt(attempt_id=self.get_object().id, by=self.actor, is_forced=is_forced)
        return Response(ClaimSerializer(released).data, headers=_tag(released))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt: Attempt = self.get_object()
        shown, is_staff = self.shown(attempt), attempt.user_id != self.actor.id
        page = self.paginate_queryset(grade_changes(attempt, shown)) or []
        rows = [change_view(change, shown, is_staff=is_staff) for change in page]
        return self.get_paginated_response(GradeChangeSerializer(rows, many=True).data)

    def _version_seen(self) -> int | None:
        """Return the version that `If-Match` names; None where it names none.

        Raises:
            GradesChanged: it names something that was never a tag of an attempt.
        """
        wanted = self.request.headers.get("If-Match", "*").strip()
        if wanted == "*":
            return None
        number = wanted.removeprefix("W/").strip('"')
        if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004  no version is longer
            raise GradesChanged
        return int(number)


def _given(data: dict[str, Any]) -> GivenGrade:
    fields = dict(data)
    return GivenGrade(question_id=fields.pop("question"), **fields)


def _tag(attempt: Attempt) -> dict[str, str]:
    return {"ETag": etag_of(attempt) or ""}


def _graded(attempt: Attempt, rows: list[GradedRow] | None = None) -> Response:
    body = dict(GradedSerializer(attempt).data)
    if rows is not None:
        body["results"] = [
            {"question": row.question_id, "result": row.result, "points": row.points, "detail": row.detail}
            for row in rows
        ]
    return Response(body, headers=_tag(attempt))
