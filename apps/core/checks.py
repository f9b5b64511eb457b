"""System checks: what a model must be to live among tenants. `manage.py check` names the offender."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from apps.core.tenancy.locks import tenant_references
from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantOrPlatformModel, is_tenant_model


@register()
def check_tenant_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Managers, references and many-to-many tables of tenant models keep to the four locks."""
    del app_configs, kwargs
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if is_tenant_model(model):
            found += _check_managers(model)
            found += _check_references(model)
        found += _check_many_to_many(model)
    return found


def _check_managers(model: Any) -> Iterator[CheckMessage]:
    if model._meta.base_manager_name != "objects":
        yield Error(f"{model._meta.label}: Meta must inherit base_manager_name = 'objects'.", id="tenancy.E001")
    for manager in model._meta.managers:
        if not isinstance(manager, TenantManager):
            yield Error(f"{model._meta.label}.{manager.name} is not a TenantManager.", id="tenancy.E002")


def _check_references(model: Any) -> Iterator[CheckMessage]:
    for field in tenant_references(model):
        if issubclass(model, TenantOrPlatformModel):
            if not field.db_constraint:  # type: ignore[attr-defined]  # missing in the stubs
                yield Error(
                    f"{model._meta.label}.{field.name}: a row without a tenant is not covered by the composite "
                    f"key, so this must be a plain ForeignKey.",
                    id="tenancy.E003",
                )
        elif not isinstance(field, TenantForeignKey):
            yield Error(f"{model._meta.label}.{field.name} must be a TenantForeignKey.", id="tenancy.E004")


def _check_many_to_many(model: Any) -> Iterator[CheckMessage]:
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through._meta.auto_created and (is_tenant_model(model) or is_tenant_model(field.related_model)):
            yield Error(
                f"{model._meta.label}.{field.name} needs an explicit `through` model: the automatic table "
                f"has no tenant column.",
                id="tenancy.E005",
            )
