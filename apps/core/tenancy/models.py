"""Lock 2: the ORM sees the rows of the open context only."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression, F
from django.db.models.sql.compiler import SQLCompiler

from apps.core.ids import new_id
from apps.core.tenancy.context import (
    NoTenantContext,
    current_scope,
    current_tenant_id,
    tenant_id_or_platform,
)

_M_co = TypeVar("_M_co", bound=models.Model, covariant=True)
_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class InOpenScope(Expression):
    """A condition on the tenant column, resolved when the SQL is compiled.

    A queryset built at import time (a viewset's, a related field's) is therefore safe: it holds no tenant.
    """

    conditional = True

    def __init__(self, column: str) -> None:
        super().__init__(output_field=models.BooleanField())
        self.column: Any = F(column)

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        del connection
        scope = current_scope()
        if scope.platform:
            return "TRUE", ()
        if scope.tenant_id is None:
            message = "A query on a tenant's table ran outside of any tenant context."
            raise NoTenantContext(message)
        sql, params = compiler.compile(self.column)
        return f"{sql} = %s", (*params, scope.tenant_id)


class TenantManager(models.Manager[_M_co]):
    """The only kind of manager of a tenant model: every query carries the scope."""

    def get_queryset(self) -> models.QuerySet[_M_co]:
        return super().get_queryset().filter(InOpenScope("tenant_id"))


class SameTenant:
    """`a.tenant_id = b.tenant_id`, for the ON clause of a join."""

    def __init__(self, alias: str, other: str) -> None:
        self.alias = alias
        self.other = other

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        del connection
        quote = compiler.quote_name_unless_alias
        return f'{quote(self.alias)}."tenant_id" = {quote(self.other)}."tenant_id"', []


class TenantForeignKey(models.ForeignKey[_ST, _GT]):
    """A reference between two tenant tables.

    The database constraint is the composite `(tenant_id, x_id) -> (tenant_id, id)` that
    `apps.core.tenancy.locks` adds (lock 4), so Django's single-column one and its index are left out.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        """Join within the tenant: every index leads with it, and a join without it reads the whole table."""
        return SameTenant(alias, related_alias) if alias and related_alias else None


class TenantModel(models.Model):
    """A row that belongs to one tenant."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "core.Tenant",
        on_delete=models.CASCADE,
        default=current_tenant_id,
        editable=False,
        db_index=False,
        related_name="+",
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class TenantOrPlatformModel(models.Model):
    """A row that belongs to one tenant or, with `tenant` empty, to the platform itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "core.Tenant",
        on_delete=models.CASCADE,
        default=tenant_id_or_platform,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def is_tenant_model(model: type[models.Model]) -> bool:
    """Whether the rows of `model` belong to tenants."""
    return issubclass(model, (TenantModel, TenantOrPlatformModel))
