"""Test data: courses and what is in them, with the counters that the services would keep."""

from typing import Any

import factory
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.courses.choices import CourseStatus
from apps.courses.models import (
    ContentItem,
    Course,
    CourseInstructor,
    CoursePrerequisite,
    Module,
    ModulePrerequisite,
)
from apps.users.choices import Role
from apps.users.factories import UserFactory


class CourseFactory(DjangoModelFactory[Course]):
    """A published course; `instructors=[user]` makes them teach it."""

    title = factory.Sequence(lambda n: f"Course {n}")
    slug = factory.Sequence(lambda n: f"course-{n}")
    status = CourseStatus.PUBLISHED
    published_at = factory.LazyAttribute(
        lambda course: timezone.now() if course.status == CourseStatus.PUBLISHED else None
    )

    class Meta:
        model = Course
        skip_postgeneration_save = True

    @factory.post_generation
    def instructors(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: FBT001  factory-boy's
        del kwargs
        for order, user in enumerate(extracted or ()):
            if create:
                CourseInstructor.objects.create(course=self, user=user, order=order)


class CourseInstructorFactory(DjangoModelFactory[CourseInstructor]):
    course = factory.SubFactory(CourseFactory)
    user = factory.SubFactory(UserFactory, roles=[Role.INSTRUCTOR])

    class Meta:
        model = CourseInstructor


class ModuleFactory(DjangoModelFactory[Module]):
    """A published module, counted in its course."""

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda n: f"Module {n}")
    order = factory.Sequence(lambda n: n)

    class Meta:
        model = Module

    @classmethod
    def _create(cls, model_class: type[Module], *args: Any, **kwargs: Any) -> Module:
        module = super()._create(model_class, *args, **kwargs)
        Course.objects.filter(id=module.course_id).update(module_count=F("module_count") + 1)
        return module


class ContentItemFactory(DjangoModelFactory[ContentItem]):
    """A published, required text, counted in its course."""

    module = factory.SubFactory(ModuleFactory)
    course = factory.LazyAttribute(lambda item: item.module.course)
    title = factory.Sequence(lambda n: f"Item {n}")
    content_type = "text"
    payload = factory.LazyFunction(lambda: {"text_content": "Read *this*.", "html": "<p>Read <em>this</em>.</p>\n"})
    order = factory.Sequence(lambda n: n)

    class Meta:
        model = ContentItem

    @classmethod
    def _create(cls, model_class: type[ContentItem], *args: Any, **kwargs: Any) -> ContentItem:
        item = super()._create(model_class, *args, **kwargs)
        Course.objects.filter(id=item.course_id).update(item_count=F("item_count") + 1)
        return item


class CoursePrerequisiteFactory(DjangoModelFactory[CoursePrerequisite]):
    course = factory.SubFactory(CourseFactory)
    required_course = factory.SubFactory(CourseFactory)

    class Meta:
        model = CoursePrerequisite


class ModulePrerequisiteFactory(DjangoModelFactory[ModulePrerequisite]):
    module = factory.SubFactory(ModuleFactory)
    required_module = factory.SubFactory(ModuleFactory, course=factory.SelfAttribute("..module.course"))

    class Meta:
        model = ModulePrerequisite
