"""Test data: scales, categories, items and grades, written directly: no history, no events."""

from decimal import Decimal
from typing import Any, Final

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.courses.factories import CourseFactory
from apps.gradebook.models import Grade, GradeCategory, GradeItem, GradeScale
from apps.users.factories import UserFactory

LETTERS: Final[list[dict[str, Any]]] = [
    {"label": "A", "from_percentage": "90.00", "is_passing": True},
    {"label": "B", "from_percentage": "80.00", "is_passing": True},
    {"label": "C", "from_percentage": "70.00", "is_passing": True},
    {"label": "D", "from_percentage": "60.00", "is_passing": True},
    {"label": "F", "from_percentage": "0.00", "is_passing": False},
]


class GradeScaleFactory(DjangoModelFactory[GradeScale]):
    """Letters from A (90 %) to F."""

    name = factory.Sequence(lambda n: f"Letters {n}")
    bands = factory.LazyFunction(lambda: [dict(band) for band in LETTERS])

    class Meta:
        model = GradeScale


class GradeCategoryFactory(DjangoModelFactory[GradeCategory]):
    course = factory.SubFactory(CourseFactory)
    name = factory.Sequence(lambda n: f"Category {n}")
    order = factory.Sequence(lambda n: n)

    class Meta:
        model = GradeCategory


class GradeItemFactory(DjangoModelFactory[GradeItem]):
    """An item of 100 points that people grade; `category=…` puts it into the category's course."""

    course = factory.LazyAttribute(lambda item: item.category.course if item.category else CourseFactory.create())
    category = None
    title = factory.Sequence(lambda n: f"Item {n}")
    max_points = Decimal(100)
    order = factory.Sequence(lambda n: n)

    class Meta:
        model = GradeItem


class GradeFactory(DjangoModelFactory[Grade]):
    """A cell; `override=…` is a person's score, `score=…` an assessment's."""

    item = factory.SubFactory(GradeItemFactory)
    user = factory.SubFactory(UserFactory)
    graded_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Grade
