"""Attempts: starting, saving, handing in, and the journal that proves it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.choices import AttemptStatus
from apps.assessments.filters import AttemptFilter
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.permissions import AttemptPolicy, grades
from apps.assessments.selectors import EVERYTHING, Shown, attempt_view, shown_to_learner
from apps.assessments.selectors.sheets import EMPTY, Sheet
from apps.assessments.serializers import (
    AttemptRowSerializer,
    AttemptSerializer,
    JournalEntrySerializer,
    JournalVerdictSerializer,
    SavedSerializer,
    StartSerializer,
    TakeSerializer,
)
from apps.assessments.serializers.taking import read_take, receipt_view, saved_view
from apps.assessments.services import (
    OPEN_TO_LEARNERS,
    Receipt,
    check_journal,
    look_at_attempt,
    start_attempt,
    take_attempt,
)
from apps.assessments.services.locking import lock_own_attempt
from apps.assessments.views import examples
from apps.assessments.views.base import OfAssessmentMixin
from apps.core.http.idempotency import answer_once
from apps.core.http.views import BaseViewSet, ListMixin, lookup_of
from apps.users.requests import client_address


class ShownMixin(BaseViewSet):
    """Answers with as much of an attempt as the actor may see."""

    def shown(self, attempt: Attempt) -> Shown:
        """Return what the actor may see of the attempt's result."""
        if attempt.user_id != self.actor.id and grades(self.actor, attempt):
            return EVERYTHING
        return shown_to_learner(attempt, now=timezone.now())

    def answer_attempt(
        self, attempt: Attempt, *, status_code: int, receipt: Receipt | None = None, sheet: Sheet | None = None
    ) -> Response:
        """Return the attempt with its paper, and the receipt of what was just saved."""
        body = attempt_view(attempt, self.shown(attempt), now=timezone.now(), sheet=sheet)
        if receipt is not None:
            body["receipt"] = receipt_view(receipt)
        return Response(body, status=status_code)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "shown": self.shown}


@extend_schema_view(
    list=extend_schema(
        summary="List the attempts at an assessment",
        description="For grading: who teaches the course sees all of them. Learners see their own. Newest first.",
        responses=AttemptRowSerializer(many=True),
        examples=[examples.ATTEMPT_ROW],
    ),
    create=extend_schema(
        summary="Start an attempt",
        description="The clock runs from here, on the server. While an attempt is open, starting again returns it "
        "(200). The paper is frozen as you get it. After ten wrong access codes within an hour none is looked at, not "
        "even the right one: 429 `too_many_guesses`.",
        request=StartSerializer,
        responses={200: AttemptSerializer, 201: AttemptSerializer},
        examples=[examples.START, examples.ATTEMPT],
    ),
)
class AssessmentAttemptViewSet(ShownMixin, OfAssessmentMixin, ListMixin):
    """The attempts at one assessment."""

    policy = AttemptPolicy
    queryset = Attempt.objects.order_by("-started_at", "-id")
    serializer_class = AttemptRowSerializer
    filterset_class = AttemptFilter

    def get_queryset(self) -> QuerySet[Attempt]:
        attempts: QuerySet[Attempt] = super().get_queryset()
        return attempts.filter(assessment_id=self.assessment_in_url().id).select_related("assessment")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return StartSerializer if self.action == "create" else AttemptRowSerializer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._start)

    def _start(self) -> Response:
        code = self.validated()["access_code"]
        address = client_address(self.request) or ""
        started = start_attempt(assessment=self.assessment_in_url(), by=self.actor, access_code=code, address=address)
        created = status.HTTP_201_CREATED if started.is_new else status.HTTP_200_OK
        sheet = EMPTY if started.is_new else None
        return self.answer_attempt(started.attempt, status_code=created, sheet=sheet)


class AttemptViewSet(ShownMixin):
    """One attempt."""

    policy = AttemptPolicy
    queryset = Attempt.objects.select_related("assessment")
    serializer_class = TakeSerializer

    @extend_schema(
        summary="Show an attempt",
        description="The paper as it was frozen, the answers as last saved, and of the result what the assessment "
        "shows at this time.",
        responses=AttemptSerializer,
        examples=[examples.ATTEMPT],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt = look_at_attempt(attempt=self.get_object())
        return self.answer_attempt(attempt, status_code=status.HTTP_200_OK)

    @extend_schema(
        summary="Save answers, or hand in",
        description="Some answers at a time, as often as you like; each save answers with a receipt, "
        "and with the deadline, which moves when you are granted more time. "
        "`status: submitted` hands the attempt in, with the answers of this request; sent again it changes nothing. "
        "After the deadline: 409 `attempt_over`, and what was saved until then is handed in.",
        responses=PolymorphicProxySerializer(
            component_name="SavedOrAttempt",
            serializers=[SavedSerializer, AttemptSerializer],
            resource_type_field_name=None,
        ),
        examples=[*examples.SAVES, examples.SUBMIT, examples.SAVED, examples.ATTEMPT],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data = read_take(request.data)
        if data is None:
            data = self.validated()
        lookup = lookup_of(self.kwargs["id"])
        if not lookup:
            raise NotFound
        taken = take_attempt(
            attempt_id=lookup["id"],
            find=self._locked,
            answers=data.get("answers"),
            sequence=data.get("sequence"),
            submit=data.get("status") == "submitted",
        )
        if taken.receipt and taken.attempt.status == AttemptStatus.IN_PROGRESS:
            return Response(saved_view(taken.attempt, taken.receipt))
        return self.answer_attempt(
            taken.attempt, status_code=status.HTTP_200_OK, receipt=taken.receipt, sheet=taken.sheet
        )

    def _locked(self, attempt_id: UUID) -> Attempt:
        """Return the attempt, locked, if the actor may take it: found and locked by one statement where it is theirs.

        Of another's, the policy says whether the actor learns that it is there.
        """
        attempt = lock_own_attempt(attempt_id, user_id=self.actor.id)
        if attempt is None:
            attempt = self.get_queryset().select_for_update(of=("self",)).filter(id=attempt_id).first()
        if attempt is None:
            raise NotFound
        self.check_object_permissions(self.request, attempt)
        return attempt

    @extend_schema(
        summary="Show the journal of an attempt",
        description="What was started, saved and handed in when, each entry chained by its hash to the one before. "
        "`content` is empty where it tells a grade that you may not see yet.",
        responses=JournalEntrySerializer(many=True),
        examples=[examples.ENTRY],
    )
    def journal(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt = self.get_object()
        page = self.paginate_queryset(JournalEntry.objects.filter(attempt_id=attempt.id).order_by("index")) or []
        if not self.shown(attempt).score:
            for entry in page:
                entry.content = entry.content if entry.kind in OPEN_TO_LEARNERS else ""
        return self.get_paginated_response(JournalEntrySerializer(page, many=True).data)

    @extend_schema(
        summary="Check the journal of an attempt",
        description="Computes every hash anew: an entry that was changed, dropped, added or swapped is found.",
        responses=JournalVerdictSerializer,
        examples=[examples.VERIFIED],
    )
    def verify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt = self.get_object()
        found = check_journal(attempt)
        return Response(
            {
                "is_intact": found is None,
                "length": attempt.journal_length,
                "head": attempt.journal_head,
                "broken_at": found.index if found else None,
                "problem": found.problem if found else None,
            }
        )
