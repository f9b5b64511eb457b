"""What concerns all attempts at an assessment: posting results, correcting keys, grading anew."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assessments.jobs import REGRADE
from apps.assessments.models import Assessment, KeyCorrection, Question, QuestionVersion
from apps.assessments.permissions import GradingOfAssessmentPolicy, KeyCorrectionPolicy
from apps.assessments.serializers import (
    CorrectionSerializer,
    KeyCorrectionSerializer,
    QuestionSerializer,
    RegradedSerializer,
    RegradeSerializer,
    ResultsSerializer,
)
from apps.assessments.services.authoring import lock_assessment
from apps.assessments.services.keys import correct_key
from apps.assessments.services.regrading import MOST_AT_ONCE, handed_in_at, regrade
from apps.assessments.services.results import hide_results, post_results
from apps.assessments.views import grading_examples as examples
from apps.assessments.views.base import OfAssessmentMixin
from apps.assessments.views.examples import QUESTION
from apps.core.http.idempotency import answer_once
from apps.core.http.jobs import accepted
from apps.core.http.versions import etag_of, require_match
from apps.core.http.views import ListMixin
from apps.core.jobs import start_job
from apps.core.jobs.serializers import JobSerializer


class AssessmentResultsViewSet(OfAssessmentMixin):
    """The results of one assessment."""

    policy = GradingOfAssessmentPolicy
    queryset = Assessment.objects.all()
    serializer_class = RegradeSerializer

    @extend_schema(
        summary="Post the results of an assessment",
        description="From now on every learner sees what the assessment shows `posted`. Posted again: nothing changes.",
        request=None,
        responses=ResultsSerializer,
        examples=[examples.POSTED],
    )
    def post_results(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._step(post_results)

    @extend_schema(
        summary="Hide the results of an assessment",
        description="Takes back what was posted.",
        request=None,
        responses=ResultsSerializer,
        examples=[examples.HIDDEN],
    )
    def hide_results(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._step(hide_results)

    @transaction.atomic
    def _step(self, act: Callable[..., Assessment]) -> Response:
        assessment = lock_assessment(self._permitted().id)
        require_match(self.request, assessment)
        changed = act(assessment=assessment, by=self.actor)
        return Response(ResultsSerializer(changed).data, headers={"ETag": etag_of(changed) or ""})

    @extend_schema(
        summary="Grade an assessment anew",
        description="By the keys as they are now: after a key was corrected. `dry_run: true` shows who would change, "
        "from what to what, and changes nothing. What people gave stays, and so do your own attempts: another grader "
        "regrades those. Sent twice it changes nothing more. Pass mark "
        "and late policy are today's (`rules`), so what they change shows among the changes, too. An attempt that "
        "somebody grades just now (`claimed_by`) changes as well; they notice by `If-Match`. More than "
        f"{MOST_AT_ONCE} attempts, or `background: true`: 202 and a job (`/api/jobs/<id>/`), whose rows are the "
        "changes.",
        request=RegradeSerializer,
        responses={200: RegradedSerializer, 202: JobSerializer},
        examples=[
            examples.REGRADE,
            examples.REGRADE_FOR_GOOD,
            examples.REGRADE_AS_JOB,
            examples.REGRADED,
            examples.REGRADING,
        ],
    )
    def regrade(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._regrade)

    def _regrade(self) -> Response:
        assessment = self._permitted()
        wanted = self.validated()
        ids, reason, is_dry_run = wanted.get("attempts"), wanted["reason"], wanted["dry_run"]
        count = handed_in_at(assessment, ids, by=self.actor).count()
        if not wanted["background"] and count <= MOST_AT_ONCE:
            result = regrade(
                assessment=assessment, by=self.actor, reason=reason, is_dry_run=is_dry_run, attempt_ids=ids
            )
            return Response(RegradedSerializer(result).data)
        named = None if ids is None else [str(attempt_id) for attempt_id in ids]
        parameters = {
            "assessment": str(assessment.id), "dry_run": is_dry_run, "reason": reason, "attempts": named
        }  # fmt: skip
        job = start_job(kind=REGRADE, parameters=parameters, by=self.actor, total=count, subject_id=assessment.id)
        return accepted(job, self.request)

    def _permitted(self) -> Assessment:
        assessment = self.assessment_in_url()
        self.check_object_permissions(self.request, assessment)
        return assessment


@extend_schema_view(
    list=extend_schema(
        summary="List the corrections of a question's key",
        description="Who, when, why, from what to what; newest first.",
        responses=KeyCorrectionSerializer(many=True),
        filters=False,
        examples=[examples.CORRECTED],
    ),
    create=extend_schema(
        summary="Correct the key of a question",
        description="In place, in the version that papers name: what learners see of it stays the same (400 "
        "`learner_view_changed`). What is handed in keeps its points until you grade the assessment anew.",
        request=CorrectionSerializer,
        responses={201: QuestionSerializer},
        examples=[examples.CORRECTION, QUESTION],
    ),
)
class KeyCorrectionViewSet(ListMixin):
    """The corrections of one question's key."""

    policy = KeyCorrectionPolicy
    queryset = Question.objects.all()
    serializer_class = CorrectionSerializer
    filter_backends = ()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        corrections = KeyCorrection.objects.filter(version__question_id=self.get_object().id)
        page = self.paginate_queryset(corrections.select_related("version").order_by("-occurred_at", "-id"))
        return self.get_paginated_response(KeyCorrectionSerializer(page, many=True).data)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._correct)

    @transaction.atomic
    def _correct(self) -> Response:
        question: Question = self.get_object()
        question = Question.objects.select_for_update().get(id=question.id)
        require_match(self.request, question)
        wanted = self.validated()
        number = wanted.pop("version_number", question.version_number)
        version = QuestionVersion.objects.filter(question_id=question.id, number=number).first()
        if version is None:
            raise NotFound
        corrected = correct_key(version=version, by=self.actor, **wanted)
        tag = etag_of(corrected.question) or ""
        return Response(QuestionSerializer(corrected).data, status=status.HTTP_201_CREATED, headers={"ETag": tag})
