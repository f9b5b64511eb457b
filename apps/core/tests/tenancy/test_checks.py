"""`manage.py check` names models that do not keep to the four locks."""

from django.db import models
from django.test.utils import isolate_apps

from apps.core import checks
from apps.core.tenancy.models import TenantModel, TenantOrPlatformModel


@isolate_apps("apps.core")
def test_each_way_to_break_a_lock_has_its_own_error() -> None:
    class Tenant(models.Model):
        name = models.CharField(max_length=10)

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return self.name

    class Target(TenantModel):
        class Meta(TenantModel.Meta):
            app_label = "core"

    class NoBaseManager(TenantModel):
        class Meta:
            app_label = "core"

    class OtherManager(TenantModel):
        others: models.Manager[models.Model] = models.Manager()

        class Meta(TenantModel.Meta):
            app_label = "core"

    class PlainKey(TenantModel):
        target = models.ForeignKey(Target, on_delete=models.CASCADE)

        class Meta(TenantModel.Meta):
            app_label = "core"

    class UncheckedKey(TenantOrPlatformModel):
        target = models.ForeignKey(Target, on_delete=models.CASCADE, db_constraint=False)

        class Meta(TenantOrPlatformModel.Meta):
            app_label = "core"

    class AutomaticTable(models.Model):
        targets = models.ManyToManyField(Target)

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return "linked"

    found = {
        NoBaseManager: checks._check_managers(NoBaseManager),
        OtherManager: checks._check_managers(OtherManager),
        PlainKey: checks._check_references(PlainKey),
        UncheckedKey: checks._check_references(UncheckedKey),
        AutomaticTable: checks._check_many_to_many(AutomaticTable),
        Target: checks._check_managers(Target),
        Tenant: checks._check_many_to_many(Tenant),
    }
    assert {model.__name__: [error.id for error in errors] for model, errors in found.items()} == {
        "NoBaseManager": ["tenancy.E001"],
        "OtherManager": ["tenancy.E002"],
        "PlainKey": ["tenancy.E004"],
        "UncheckedKey": ["tenancy.E003"],
        "AutomaticTable": ["tenancy.E005"],
        "Target": [],
        "Tenant": [],
    }
