"""What a model inherits when its rows go to the trash before they are gone."""

from django.db import models

from apps.core.tenancy.models import TenantForeignKey, TenantModel


class TrashableModel(TenantModel):
    """A row that goes to the trash first, and comes back from there with everything that went along.

    A row with `trash_entry` is in the trash: the database's row-level policies hide it from every query, raw SQL
    included, except inside of `trash_context`. Unique constraints take `condition=NOT_IN_TRASH`, so that a name is
    free again while its owner lies in the trash.
    """

    trash_entry = TenantForeignKey(
        "core.TrashEntry", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta(TenantModel.Meta):
        abstract = True


NOT_IN_TRASH: models.Q = models.Q(trash_entry__isnull=True)
