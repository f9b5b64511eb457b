"""Test data of the platform."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context


class TenantFactory(DjangoModelFactory[Tenant]):
    """A school; made in a platform context, as the platform's staff would."""

    name = factory.Sequence(lambda n: f"School {n}")
    slug = factory.Sequence(lambda n: f"school-{n}")

    class Meta:
        model = Tenant

    @classmethod
    def _create(cls, model_class: type[Tenant], *args: Any, **kwargs: Any) -> Tenant:
        with platform_context(reason="test data"):
            return super()._create(model_class, *args, **kwargs)
