"""Empty a tenant: every row that belongs to it, in every app's tables, and every object in the store."""

from itertools import islice
from typing import Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from apps.core.storage import object_store
from apps.core.tenancy.context import HasId, tenant_context, trash_context
from apps.core.tenancy.locks import guarded_tables, tenant_references
from apps.core.tenancy.models import is_tenant_model

BATCH: Final = 500


@transaction.atomic
def delete_tenant_rows(*, tenant: HasId) -> int:
    """Delete all rows of `tenant`, the trash included, but not the tenant itself; return how many.

    Statement by statement and in no order: the foreign keys are deferred to the end of the transaction.
    No service of another app is asked and no event is emitted: for demo data, and for tenants that leave.
    """
    deleted = 0
    with tenant_context(tenant), trash_context(), connection.cursor() as cursor:
        for table, column, target in _references_from_outside():
            cursor.execute(
                f'DELETE FROM "{table}" WHERE "{column}" IN (SELECT id FROM "{target}" WHERE tenant_id = %s)',  # noqa: S608  names of our models
                [tenant.id],
            )
            deleted += cursor.rowcount
        for guarded in guarded_tables():
            if guarded.column == "tenant_id":
                cursor.execute(f'DELETE FROM "{guarded.table}" WHERE tenant_id = %s', [tenant.id])  # noqa: S608
                deleted += cursor.rowcount
    return deleted


def _references_from_outside() -> list[tuple[str, str, str]]:
    """Return (table, column, tenant table) of models of others, such as the admin's log, that point at ours."""
    return [
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models(include_auto_created=True)
        if _is_outside(model)
        for field in tenant_references(model)
    ]


def _is_outside(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and not is_tenant_model(model)


def delete_tenant_objects(*, tenant: HasId) -> int:
    """Delete all objects of `tenant` from the store, uploads in parts included; return how many objects there were.

    Those too that apps keep below `tenants/<id>/` by Django's storage: certificates bear names.

    To be called when the rows that refer to them are gone for good.

    Raises:
        StorageUnavailable: the store failed; call it again.
    """
    store = object_store()
    prefix = f"{tenant.id}/"
    for upload in list(store.open_multiparts(prefix)):
        store.abort_multipart(upload.key, upload.multipart_id)
    keys = iter([found.key for found in store.objects(prefix)])
    deleted = 0
    while batch := list(islice(keys, BATCH)):
        store.delete(batch)
        deleted += len(batch)
    return deleted + _delete_documents(f"tenants/{tenant.id}")


def _delete_documents(folder: str) -> int:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # a disk knows of no empty folders
        return 0
    for name in names:  # Azure gives whole names, from all depths
        default_storage.delete(name if name.startswith(f"{folder}/") else f"{folder}/{name}")
    return len(names) + sum(_delete_documents(f"{folder}/{below}") for below in folders)
