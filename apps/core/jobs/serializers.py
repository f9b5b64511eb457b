"""Jobs on the wire."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.choices import JobRowState, JobState
from apps.core.jobs.registry import kind_called
from apps.core.jobs.states import poll_after
from apps.core.models import Job, JobRow


class JobProgressSerializer(serializers.Serializer[Job]):
    """How far the work is."""

    done = serializers.IntegerField(help_text="Steps done.")
    total = serializers.IntegerField(allow_null=True, help_text="Steps there are; null while nobody knows.")
    percentage = serializers.SerializerMethodField(
        help_text="0 to 100; null while nobody knows how many steps there are."
    )

    def get_percentage(self, obj: Job) -> int | None:
        if obj.state == JobState.SUCCEEDED:
            return 100
        if obj.total is None:
            return None
        return obj.done * 100 // obj.total if obj.total else 0


class JobCountsSerializer(serializers.Serializer[Job]):
    """How many rows there are of each state."""

    done = serializers.IntegerField(source="rows_done")
    unchanged = serializers.IntegerField(source="rows_unchanged")
    failed = serializers.IntegerField(source="rows_failed")


class JobErrorSerializer(serializers.Serializer[Job]):
    """Why the job as a whole failed."""

    code = serializers.CharField(source="error_code", help_text="Stable, for programs.")
    detail = serializers.CharField(source="error_detail", help_text="For people.")


class JobSerializer(serializers.ModelSerializer[Job]):
    """One job. Its parameters are nobody's business but the work's."""

    kind = serializers.CharField(help_text="What is done, for programs: `gradebook.export`.")
    kind_title = serializers.SerializerMethodField(help_text="What is done, for people.")
    subject = serializers.UUIDField(
        source="subject_id", allow_null=True, help_text="What it is about, a course for example."
    )
    created_by = serializers.UUIDField(source="created_by_id", help_text="The account that started it.")
    progress = JobProgressSerializer(source="*")
    counts = JobCountsSerializer(source="*", help_text="Of the rows at `/rows/`; all 0 where the work has none.")
    result = serializers.DictField(help_text="A small summary that depends on the kind; empty until there is one.")
    error = serializers.SerializerMethodField(help_text="Why it failed; null unless it did.")
    has_result_file = serializers.SerializerMethodField(help_text="There is a file at `/download/`.")
    is_cancellable = serializers.SerializerMethodField(help_text="`/cancel/` would stop it.")
    poll_after_seconds = serializers.SerializerMethodField(
        help_text="When to ask again, as in the header Retry-After; null once it has ended."
    )

    class Meta:
        model = Job
        fields = (
            "id", "kind", "kind_title", "subject", "state", "progress", "counts", "result", "error", "has_result_file",
            "is_cancellable", "created_by", "created_at", "started_at", "cancel_requested_at", "finished_at",
            "expires_at", "poll_after_seconds",
        )  # fmt: skip
        read_only_fields = fields

    def get_kind_title(self, obj: Job) -> str:
        kind = kind_called(obj.kind)
        return kind.title if kind else obj.kind

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, obj: Job) -> dict[str, Any] | None:
        return dict(JobErrorSerializer(obj).data) if obj.error_code else None

    def get_has_result_file(self, obj: Job) -> bool:
        return obj.state == JobState.SUCCEEDED and bool(obj.result_key)

    def get_is_cancellable(self, obj: Job) -> bool:
        kind = kind_called(obj.kind)
        is_open = not JobState(obj.state).is_finished and obj.cancel_requested_at is None
        return is_open and kind is not None and kind.is_cancellable

    def get_poll_after_seconds(self, obj: Job) -> int | None:
        return poll_after(obj, now=timezone.now())


class JobRowSerializer(serializers.ModelSerializer[JobRow]):
    """What the job did with one row of its input."""

    index = serializers.IntegerField(help_text="Which row of the input, from 0.")
    state = serializers.ChoiceField(choices=JobRowState.choices)
    reference = serializers.DictField(help_text="The ids that the row is about; depends on the kind.")
    error = serializers.SerializerMethodField(help_text="Why it failed; null unless it did.")
    data = serializers.DictField(help_text="Further facts; depends on the kind.")  # type: ignore[assignment]  # a field

    class Meta:
        model = JobRow
        fields = ("index", "state", "reference", "error", "data")
        read_only_fields = fields

    @extend_schema_field(
        {
            "type": ["object", "null"],
            "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            "required": ["field", "code", "detail"],
        }
    )
    def get_error(self, obj: JobRow) -> dict[str, str] | None:
        is_failed = obj.state == JobRowState.FAILED
        return {"field": obj.field, "code": obj.code, "detail": obj.detail} if is_failed else None


class JobDownloadSerializer(serializers.Serializer[Any]):
    """Where the file is to be fetched: by GET, without any header of ours, until `expires_at`."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
    file_name = serializers.CharField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
