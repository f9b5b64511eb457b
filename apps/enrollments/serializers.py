"""Enrolments and progress on the wire."""

from typing import Any, Final

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.courses.models import Course
from apps.courses.thumbnails import thumbnail_of
from apps.enrollments.choices import EnrollmentStatus, ProgressStatus
from apps.enrollments.models import PROGRESS_ROW, ContentProgress, Enrollment, EnrollmentTransition
from apps.users.models import Group, User

MAX_LEARNERS: Final = 500
MAX_REPORTS: Final = 200
MOST_SECONDS: Final = 2_147_483_647
MOST_SEQUENCE: Final = 9_007_199_254_740_991  # what a JavaScript client can count to
_MOMENTS: Final = ("enrolled_at", "last_activity_at", "completed_at", "expires_at")


class CourseSummarySerializer(serializers.Serializer[Any]):
    """The course of an enrolment."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    slug = serializers.CharField()
    thumbnail_url = serializers.SerializerMethodField()

    def get_thumbnail_url(self, course: Course) -> str:
        return thumbnail_of(course.thumbnail_url, course.thumbnail_file_id)


class LearnerSummarySerializer(serializers.Serializer[Any]):
    """The learner of an enrolment."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="get_full_name")
    email = serializers.EmailField()


class ResumePointSerializer(serializers.Serializer[Any]):
    """Where to go on: the item last opened, and the position in it."""

    content_item = serializers.UUIDField()
    module = serializers.UUIDField()
    title = serializers.CharField()
    content_type = serializers.CharField()
    position_seconds = serializers.IntegerField()


class EnrollmentSerializer(serializers.ModelSerializer[Enrollment]):
    """One learner in one course."""

    course = CourseSummarySerializer(read_only=True)
    user = LearnerSummarySerializer(read_only=True)
    progress_percentage = serializers.FloatField(read_only=True, min_value=0, max_value=100)

    class Meta:
        model = Enrollment
        fields = ("id", "course", "user", "status", "source", "progress_percentage", *_MOMENTS, "version")
        read_only_fields = fields


class EnrollmentDetailSerializer(EnrollmentSerializer):
    """The same, with the address of its history."""

    history = serializers.SerializerMethodField()

    class Meta(EnrollmentSerializer.Meta):
        fields = (*EnrollmentSerializer.Meta.fields, "history")  # type: ignore[assignment]  # one longer
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(serializers.CharField())
    def get_history(self, enrollment: Enrollment) -> str:
        match = self.context["request"].resolver_match
        name = ":".join([*match.namespaces, "enrollment-history"])
        return reverse(name, kwargs={"id": enrollment.id})


class OwnEnrollmentSerializer(serializers.ModelSerializer[Enrollment]):
    """One of the caller's own courses, with where to resume."""

    course = CourseSummarySerializer(read_only=True)
    progress_percentage = serializers.FloatField(read_only=True, min_value=0, max_value=100)
    resume = ResumePointSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Enrollment
        fields = ("id", "course", "status", "source", "progress_percentage", "resume", *_MOMENTS, "version")
        read_only_fields = fields


class NewEnrollmentSerializer(serializers.Serializer[Any]):
    """Who is to be enrolled where; without `user` the caller is."""

    course = serializers.CharField(max_length=100, help_text="Id or slug of the course.")
    user = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.all(), required=False, help_text="Staff only: whom to enrol; otherwise yourself."
    )
    status = serializers.ChoiceField(
        choices=[EnrollmentStatus.ACTIVE, EnrollmentStatus.PENDING],
        required=False,
        help_text="Staff only: `pending` waits for approval.",
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Staff only; otherwise the course's `access_days` say."
    )


class BulkEnrollmentSerializer(serializers.Serializer[Any]):
    """Many learners, or a group, into one course."""

    course = serializers.CharField(max_length=100, help_text="Id or slug of the course.")
    users = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MAX_LEARNERS, min_length=1)
    group = serializers.PrimaryKeyRelatedField(queryset=Group.objects.all(), required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("users" in attrs) == ("group" in attrs):
            message = "Name either `users` or a `group`."
            raise serializers.ValidationError(message, code="users_or_group")
        return attrs


class BulkRowSerializer(serializers.Serializer[Any]):
    """What became of one learner."""

    user = serializers.UUIDField()
    result = serializers.CharField(
        help_text="`created`, `reopened`, or why not: `already_enrolled`, `course_full`, `user_not_found`, …"
    )
    enrollment = serializers.UUIDField(allow_null=True)


class BulkResultSerializer(serializers.Serializer[Any]):
    """One row per learner, in the order of the request."""

    results = BulkRowSerializer(many=True)


class ChangeEnrollmentSerializer(serializers.Serializer[Any]):
    """What staff may change of an enrolment besides its status."""

    expires_at = serializers.DateTimeField(allow_null=True, help_text="When access ends; null: never.")


class TransitionRequestSerializer(serializers.Serializer[Any]):
    """Why a status is changed."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class TransitionSerializer(serializers.ModelSerializer[EnrollmentTransition]):
    """One change of status; `from_status` is empty for the beginning, `actor_id` null for the system."""

    class Meta:
        model = EnrollmentTransition
        fields = ("id", "from_status", "to_status", "actor_id", "reason", "occurred_at")
        read_only_fields = fields


class EnrollmentStatsSerializer(serializers.Serializer[Any]):
    """Numbers of one course."""

    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    active = serializers.IntegerField()
    completed = serializers.IntegerField()
    dropped = serializers.IntegerField()
    expired = serializers.IntegerField()
    suspended = serializers.IntegerField()
    active_last_30_days = serializers.IntegerField(help_text="Enrolments with progress reported in the last 30 days.")
    completion_rate = serializers.FloatField(help_text="Completed, in per cent of all that were ever open.")
    average_progress = serializers.FloatField(help_text="In per cent.")


class ReportSerializer(serializers.Serializer[Any]):
    """What a client says about one content item; totals, not differences, so that saying it twice is harmless."""

    content_item = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ProgressStatus.choices, default=ProgressStatus.IN_PROGRESS)
    percentage = serializers.IntegerField(min_value=0, max_value=100, default=0)
    position_seconds = serializers.IntegerField(
        min_value=0, max_value=MOST_SECONDS, required=False, help_text="Where to resume a video or audio."
    )
    time_spent_seconds = serializers.IntegerField(
        min_value=0, max_value=MOST_SECONDS, default=0, help_text="Total time on the item."
    )
    attempts = serializers.IntegerField(min_value=0, max_value=MOST_SECONDS, default=0, help_text="Total attempts.")
    sequence = serializers.IntegerField(
        min_value=1,
        max_value=MOST_SEQUENCE,
        required=False,
        help_text="A counter of your reports on this item: the position follows the highest one.",
    )


class BulkReportSerializer(serializers.Serializer[Any]):
    """Reports gathered offline, oldest first."""

    reports = serializers.ListField(child=ReportSerializer(), min_length=1, max_length=MAX_REPORTS)


class ProgressSerializer(serializers.ModelSerializer[ContentProgress]):
    """How far a learner is with one content item."""

    content_item = serializers.UUIDField(source="content_item_id")

    class Meta:
        model = ContentProgress
        fields = PROGRESS_ROW
        read_only_fields = fields


class StandingSerializer(serializers.Serializer[Any]):
    """How the enrolment stands after a report."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=EnrollmentStatus.choices)
    progress_percentage = serializers.FloatField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ReportedSerializer(ProgressSerializer):
    """The item after a report, and what it means for the enrolment."""

    enrollment = StandingSerializer()

    class Meta(ProgressSerializer.Meta):
        fields = (*ProgressSerializer.Meta.fields, "enrollment")  # type: ignore[assignment]  # one longer
        read_only_fields = fields  # type: ignore[assignment]


class BulkReportRowSerializer(serializers.Serializer[Any]):
    """What became of one report."""

    content_item = serializers.UUIDField()
    result = serializers.CharField(help_text="`recorded`, or why not: `content_not_found`, `not_enrolled`, …")
    progress = ProgressSerializer(allow_null=True)


class BulkReportResultSerializer(serializers.Serializer[Any]):
    """One row per report, in the order of the request."""

    results = BulkReportRowSerializer(many=True)


class ResetSerializer(serializers.Serializer[Any]):
    """Which item to start over."""

    content_item = serializers.UUIDField()
