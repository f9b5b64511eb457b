"""Courses on the wire."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.courses.choices import PrerequisiteKind
from apps.courses.content_types import CONTENT_TYPES
from apps.courses.models import COURSE_ROW, Course, CourseInstructor, Module
from apps.courses.thumbnails import thumbnail_of, without_own_thumbnail
from apps.files.models import File
from apps.files.permissions import FilePolicy

_LANGUAGE = RegexValidator(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Enter a language tag such as en or pt-BR.")
_CURRENCY = RegexValidator(r"\A[A-Z]{3}\Z", "Enter an ISO 4217 code such as USD.")
_READ_ONLY = (
    "id",
    "slug",
    "status",
    "seats_taken",
    "module_count",
    "item_count",
    "published_at",
    "created_at",
    "updated_at",
)
MOST_IDS = 2000


class PersonSerializer(serializers.Serializer[Any]):
    """Who teaches."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class CourseRowSerializer(serializers.ModelSerializer[Course]):
    """A course in the list."""

    instructors = PersonSerializer(many=True, read_only=True)

    class Meta:
        model = Course
        fields = (*COURSE_ROW, "instructors")
        read_only_fields = fields


class VisibleFileField(serializers.UUIDField):
    """The id of a file that the caller may open; the one that the row has already may be sent back by anybody."""

    default_error_messages: ClassVar = {
        "unknown_file": "There is no such file, or you may not use it. Upload it, or choose one that you can open."
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        found = super().run_validation(data)
        if isinstance(found, UUID) and found != getattr(self.root.instance, str(self.source), None):
            self._require_visible(found)
        return found

    def _require_visible(self, file_id: UUID) -> None:
        actor = self.context["request"].user
        if not FilePolicy.visible(actor, File.objects.filter(id=file_id)).exists():
            self.fail("unknown_file")


class CourseSerializer(serializers.ModelSerializer[Course]):
    """A course with everything about it but its content."""

    language = serializers.CharField(max_length=16, default="en", validators=[_LANGUAGE])
    price_currency = serializers.CharField(max_length=3, default="USD", validators=[_CURRENCY])
    thumbnail_url = serializers.URLField(
        max_length=500, required=False, allow_blank=True, help_text="Of `thumbnail_file` where there is one."
    )
    thumbnail_file = VisibleFileField(
        source="thumbnail_file_id", required=False, allow_null=True, help_text="A picture, in place of an address."
    )
    instructors = serializers.SerializerMethodField()

    class Meta:
        model = Course
        fields = (*COURSE_ROW, "thumbnail_file", "learning_objectives", "access_days", "version", "instructors")
        read_only_fields = (*_READ_ONLY, "version")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return without_own_thumbnail(attrs)

    def to_representation(self, instance: Course) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown | {"thumbnail_url": thumbnail_of(instance.thumbnail_url, instance.thumbnail_file_id)}

    @extend_schema_field(PersonSerializer(many=True))
    def get_instructors(self, course: Course) -> list[dict[str, Any]]:
        links = CourseInstructor.objects.filter(course=course).select_related("user").order_by("order", "id")
        return [{"id": link.user_id, "name": f"{link.user.first_name} {link.user.last_name}".strip()} for link in links]


class InstructorSerializer(serializers.Serializer[Any]):
    """Add somebody by `user`; the answer names them."""

    user = serializers.UUIDField()
    name = serializers.CharField(read_only=True)

    def to_representation(self, instance: CourseInstructor) -> dict[str, Any]:
        name = f"{instance.user.first_name} {instance.user.last_name}".strip()
        return {"user": instance.user_id, "name": name}


class PrerequisiteSerializer(serializers.Serializer[Any]):
    """What both kinds of prerequisite share."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(choices=PrerequisiteKind.choices, default=PrerequisiteKind.REQUIRED)
    minimum_completion = serializers.IntegerField(min_value=1, max_value=100, default=100)
    required_title = serializers.CharField(read_only=True)


class CoursePrerequisiteSerializer(PrerequisiteSerializer):
    """Another course that comes first."""

    required_course = serializers.UUIDField(source="required_id")
    required_slug = serializers.CharField(read_only=True)
    required_status = serializers.CharField(read_only=True)


class ModulePrerequisiteSerializer(PrerequisiteSerializer):
    """Another module of the same course that comes first."""

    required_module = serializers.UUIDField(source="required_id")


class ModuleWriteSerializer(serializers.ModelSerializer[Module]):
    """What an author sets on a module."""

    order = serializers.IntegerField(
        min_value=0, max_value=2_147_483_647, required=False, help_text="Without it: behind the others."
    )

    class Meta:
        model = Module
        fields = ("title", "description", "order", "is_published")


class ItemWriteSerializer(serializers.Serializer[Any]):
    """What an author sets on a content item; the payload is checked by the plug-in of the type."""

    title = serializers.CharField(max_length=200)
    content_type = serializers.CharField(max_length=20, help_text=f"One of {', '.join(CONTENT_TYPES)}.")
    text_content = serializers.CharField(
        required=False, allow_null=True, trim_whitespace=False, help_text="The Markdown of a text."
    )
    payload = serializers.JSONField(
        required=False, allow_null=True, help_text="What the type asks for; see the examples."
    )
    file = VisibleFileField(
        source="file_id", required=False, allow_null=True, help_text="A file, in place of the payload's `url`."
    )
    order = serializers.IntegerField(
        min_value=0, max_value=2_147_483_647, required=False, help_text="Without it: behind its siblings."
    )
    is_required = serializers.BooleanField(required=False, help_text="Counts for completion; the default.")
    is_free_preview = serializers.BooleanField(required=False, help_text="Open to who is not enrolled.")
    is_published = serializers.BooleanField(required=False, help_text="Shown to learners; the default.")
    duration_minutes = serializers.IntegerField(min_value=0, max_value=2_147_483_647, required=False)
    parent = serializers.UUIDField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        source="parent_id", required=False, allow_null=True, help_text="An item of the same module to nest under."
    )


class ItemChangeSerializer(ItemWriteSerializer):
    """A change may also move the item to another module of the course."""

    module = serializers.UUIDField(source="module_id", required=False)


class ReorderSerializer(serializers.Serializer[Any]):
    """All ids, each once, in the wanted order."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_IDS)


class ItemReorderSerializer(ReorderSerializer):
    """One level at a time: the module's own items, or those nested under `parent`."""

    parent = serializers.UUIDField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        required=False, allow_null=True, default=None
    )


class ItemProgressSerializer(serializers.Serializer[Any]):
    """How far the caller is with an item."""

    status = serializers.CharField()
    percentage = serializers.IntegerField()
    position_seconds = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ItemFileSerializer(serializers.Serializer[Any]):
    """The file of a content item; `download_url` answers with the address of its bytes."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    download_url = serializers.CharField()


class ItemSerializer(serializers.Serializer[Any]):
    """A content item as the caller may see it."""

    id = serializers.UUIDField()
    module = serializers.UUIDField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # as above
    title = serializers.CharField()
    content_type = serializers.ChoiceField(choices=list(CONTENT_TYPES))
    order = serializers.IntegerField()
    is_required = serializers.BooleanField()
    is_free_preview = serializers.BooleanField()
    is_published = serializers.BooleanField()
    duration_minutes = serializers.IntegerField()
    version = serializers.IntegerField()
    is_locked = serializers.BooleanField(help_text="Then text_content, payload and file are null.")
    lock_reason = serializers.ChoiceField(choices=["not_enrolled", "module_locked"], allow_null=True)
    text_content = serializers.CharField(allow_null=True, help_text="The Markdown of a text.")
    payload = serializers.DictField(allow_null=True, help_text="What the type asks for; a text has its `html` here.")
    file = ItemFileSerializer(allow_null=True)
    progress = ItemProgressSerializer(allow_null=True)
    children = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/Item"}})
    def get_children(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        children: list[dict[str, Any]] = node["children"]
        return children


class ModulePrerequisiteNodeSerializer(serializers.Serializer[Any]):
    """A prerequisite inside of the tree."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PrerequisiteKind.choices)
    minimum_completion = serializers.IntegerField()
    required_module = serializers.UUIDField()


class ModuleSerializer(serializers.Serializer[Any]):
    """A module with its items, nested."""

    id = serializers.UUIDField()
    course = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField()
    order = serializers.IntegerField()
    is_published = serializers.BooleanField()
    version = serializers.IntegerField()
    prerequisites = ModulePrerequisiteNodeSerializer(many=True)
    is_locked = serializers.BooleanField()
    lock_reason = serializers.CharField(allow_null=True, help_text="What is to be completed first, for people.")
    items = ItemSerializer(many=True)
