"""Create the SQL function by which every request enters."""

from typing import ClassVar

from django.db import migrations

from apps.users.entry_function import CREATE_ENTER, DROP_ENTER


class Migration(migrations.Migration):
    dependencies: ClassVar = [("users", "0001_initial"), ("core", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(CREATE_ENTER, DROP_ENTER)]
