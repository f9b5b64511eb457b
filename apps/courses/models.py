"""Courses, their modules and content items, who teaches them, and what they ask for first."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantModel
from apps.courses.choices import CourseStatus, Difficulty, PrerequisiteKind
from apps.files.models import File
from apps.users.models import User

COURSE_ROW = (
    "id", "title", "slug", "description", "category", "tags", "difficulty_level", "status", "language",
    "duration_minutes", "price_amount", "price_currency", "seat_limit", "seats_taken", "self_enrollment",
    "thumbnail_url", "module_count", "item_count", "published_at", "created_at", "updated_at",
)  # fmt: skip

INSTRUCTORS_JSON = models.Func(
    "tenant_id",
    "id",
    template="""(
        SELECT COALESCE(jsonb_agg(jsonb_build_object(
            'id', person.id, 'name', trim(person.first_name || ' ' || person.last_name)
        ) ORDER BY link."order", link.id), '[]')
        FROM courses_courseinstructor link
        JOIN users_user person ON person.tenant_id = link.tenant_id AND person.id = link.user_id
        WHERE (link.tenant_id, link.course_id) = (%(expressions)s)
    )""",
    output_field=models.JSONField(),
)


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> "CourseQuerySet":
        return self.filter(status=CourseStatus.PUBLISHED)

    def taught_by(self, user: User) -> "CourseQuerySet":
        return self.filter(instructor_links__user=user)

    def as_rows(self) -> models.QuerySet["Course", dict[str, Any]]:
        """Return the rows of the course list, their instructors' names among them.

        Keyed as on the wire, but for `thumbnail_file_id`, which becomes an address (`apps.courses.thumbnails`).
        """
        rows: models.QuerySet[Course, dict[str, Any]] = self.values(
            *COURSE_ROW, "thumbnail_file_id", instructors=INSTRUCTORS_JSON
        )
        return rows


CourseManager = TenantManager.from_queryset(CourseQuerySet)


class Course(TenantModel):
    """What people enrol in. The counters are kept by the services, so that lists never count."""

    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=100)
    description = models.TextField(max_length=20_000, blank=True)
    category = models.CharField(max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True, size=30)
    difficulty_level = models.CharField(max_length=16, choices=Difficulty.choices, default=Difficulty.BEGINNER)
    status = models.CharField(max_length=16, choices=CourseStatus.choices, default=CourseStatus.DRAFT)
    language = models.CharField(max_length=16, default="en")
    duration_minutes = models.PositiveIntegerField(default=0)
    learning_objectives = ArrayField(models.CharField(max_length=500), default=list, blank=True, size=30)
    price_amount = models.PositiveBigIntegerField(
        default=0, help_text="In minor units of the currency (cents; thousandths where it has three decimals)."
    )
    price_currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217.")
    seat_limit = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    self_enrollment = models.BooleanField(default=True)
    access_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days from enrolment until access expires; empty: never."
    )
    thumbnail_url = models.URLField(max_length=500, blank=True)
    thumbnail_file = TenantForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    module_count = models.PositiveIntegerField(default=0, editable=False)
    item_count = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[CourseManager["Course"]] = CourseManager()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="courses_course_slug_once"),
            models.CheckConstraint(
                condition=models.Q(seat_limit__isnull=True) | models.Q(seats_taken__lte=models.F("seat_limit")),
                name="courses_course_seats_within_limit",
            ),
            models.CheckConstraint(condition=models.Q(status__in=CourseStatus.values), name="courses_course_status"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "status", "-created_at", "-id"], name="courses_course_newest"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="courses_course_any_newest"),
            models.Index(fields=["tenant", "category"], name="courses_course_category"),
            GinIndex(fields=["tags"], name="courses_course_tags"),
            models.Index(
                fields=["tenant", "thumbnail_file"],
                condition=models.Q(thumbnail_file__isnull=False),
                name="courses_course_of_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_free(self) -> bool:
        return self.price_amount == 0


class CourseInstructor(TenantModel):
    """One of the people who teach a course."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="instructor_links")
    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="taught_links")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course", "user"], name="courses_instructor_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "user"], name="courses_instructor_of")]

    def __str__(self) -> str:
        return f"{self.user_id} teaches {self.course_id}"


class Module(TenantModel):
    """A chapter of a course."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=5000, blank=True)
    order = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["tenant", "course", "order", "id"], name="courses_module_in_order")]

    def __str__(self) -> str:
        return self.title


class ContentItemQuerySet(models.QuerySet["ContentItem"]):
    def reachable(self) -> "ContentItemQuerySet":
        """Narrow to what learners can see: published, as are the module and every parent (depth is at most 3)."""
        parent_shown = models.Q(parent__isnull=True) | models.Q(parent__is_published=True)
        grandparent_shown = models.Q(parent__parent__isnull=True) | models.Q(parent__parent__is_published=True)
        return self.filter(parent_shown, grandparent_shown, is_published=True, module__is_published=True)

    def required(self) -> "ContentItemQuerySet":
        """Narrow to what counts for completion: reachable and required."""
        return self.reachable().filter(is_required=True)


ContentItemManager = TenantManager.from_queryset(ContentItemQuerySet)


class ContentItem(TenantModel):
    """One thing to read, watch or do. `payload` is checked by the plug-in of its type (`content_types`)."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="items")
    module = TenantForeignKey(Module, on_delete=models.CASCADE, related_name="items")
    parent = TenantForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    title = models.CharField(max_length=200)
    content_type = models.CharField(max_length=20)
    payload = models.JSONField(default=dict, blank=True)
    file = TenantForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(default=True)
    is_free_preview = models.BooleanField(default=False)
    is_published = models.BooleanField(default=True)
    duration_minutes = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ContentItemManager["ContentItem"]] = ContentItemManager()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "module", "order", "id"], name="courses_item_in_order"),
            models.Index(fields=["tenant", "course"], name="courses_item_of_course"),
            models.Index(fields=["tenant", "parent"], name="courses_item_of_parent"),
            models.Index(
                fields=["tenant", "file"], condition=models.Q(file__isnull=False), name="courses_item_of_file"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Prerequisite(TenantModel):
    """What both kinds of prerequisite share."""

    kind = models.CharField(max_length=16, choices=PrerequisiteKind.choices, default=PrerequisiteKind.REQUIRED)
    minimum_completion = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Per cent of the required course or module that must be completed.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        abstract = True


class CoursePrerequisite(Prerequisite):
    """`course` asks for `required_course`; cycles are refused by the service."""

    course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="prerequisites")
    required_course = TenantForeignKey(Course, on_delete=models.CASCADE, related_name="required_by")

    class Meta(Prerequisite.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "course", "required_course"], name="courses_prerequisite_once"),
            models.CheckConstraint(
                condition=~models.Q(course=models.F("required_course")), name="courses_prerequisite_not_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_completion__range=(1, 100)), name="courses_prerequisite_percentage"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "required_course"], name="courses_prerequisite_of")]

    def __str__(self) -> str:
        return f"{self.course_id} asks for {self.required_course_id}"


class ModulePrerequisite(Prerequisite):
    """`module` asks for `required_module` of the same course; cycles are refused by the service."""

    module = TenantForeignKey(Module, on_delete=models.CASCADE, related_name="prerequisites")
    required_module = TenantForeignKey(Module, on_delete=models.CASCADE, related_name="required_by")

    class Meta(Prerequisite.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "module", "required_module"], name="courses_module_prerequisite_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(module=models.F("required_module")), name="courses_module_prerequisite_not_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_completion__range=(1, 100)), name="courses_module_prerequisite_percentage"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "required_module"], name="courses_module_prereq_of")]

    def __str__(self) -> str:
        return f"{self.module_id} asks for {self.required_module_id}"
