"""What learners and groups are granted in assessments."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.serializers import BaseSerializer

from apps.assessments.filters import AccommodationFilter
from apps.assessments.models import Accommodation, Assessment
from apps.assessments.permissions import AccommodationPolicy, AssessmentPolicy, may_grant_in
from apps.assessments.serializers import AccommodationSerializer
from apps.assessments.services import change_accommodation, create_accommodation, delete_accommodation
from apps.assessments.views import authoring_examples as examples
from apps.assessments.views.references import referred
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.users.models import Group, User

_STAYS = frozenset({"user_id", "group_id", "assessment_id"})


@extend_schema_view(
    list=extend_schema(
        summary="List accommodations",
        description="Admins and principals see all; who teaches a course, those in its assessments. Newest first. "
        "Learners see theirs in effect: as the `terms` of an assessment.",
        examples=[examples.ACCOMMODATION],
    ),
    retrieve=extend_schema(summary="Show an accommodation", examples=[examples.ACCOMMODATION]),
    create=extend_schema(
        summary="Grant an accommodation",
        description="To a `user` or to every member of a `group`; in one `assessment`, or, by the school's staff, in "
        "all. Kept once, it holds wherever an attempt starts; of several the most generous counts. Attempts under way "
        "get the time at once (in their journal: `deadline_changed`), unless it was up before. One for each place (409 "
        "`accommodation_exists`).",
        examples=[examples.NEW_ACCOMMODATION, examples.ACCOMMODATION],
    ),
    partial_update=extend_schema(
        summary="Change an accommodation",
        description="For whom it is and where stays. Attempts under way get more time at once, and never less: that "
        "counts from the next attempt on.",
        examples=[examples.ACCOMMODATION_CHANGE, examples.ACCOMMODATION],
    ),
    destroy=extend_schema(
        summary="Take an accommodation back",
        description="No attempt under way gets less time. Where a granted date kept it shorter than the assessment's "
        "own, that date goes at once.",
    ),
)
class AccommodationViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Accommodations."""

    policy = AccommodationPolicy
    queryset = Accommodation.objects.select_related("assessment").order_by("-created_at", "-id")
    serializer_class = AccommodationSerializer
    filterset_class = AccommodationFilter

    def perform_create(self, serializer: BaseSerializer[Any]) -> Accommodation:
        fields = dict(serializer.validated_data)
        known = AssessmentPolicy.visible(self.actor, Assessment.objects.all())
        assessment = referred(known, fields.pop("assessment_id", None), "assessment")
        if not may_grant_in(self.actor, assessment):
            raise PermissionDenied
        user = referred(User.objects.all(), fields.pop("user_id", None), "user")
        group = referred(Group.objects.all(), fields.pop("group_id", None), "group")
        return create_accommodation(by=self.actor, user=user, group=group, assessment=assessment, **fields)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Accommodation:
        changes = {name: value for name, value in serializer.validated_data.items() if name not in _STAYS}
        accommodation = cast("Accommodation", serializer.instance)
        return change_accommodation(accommodation=accommodation, by=self.actor, **changes)

    def perform_destroy(self, instance: Accommodation) -> None:
        delete_accommodation(accommodation=instance, by=self.actor)
