"""Let every request enter without the trash, whatever its connection saw before."""

from typing import ClassVar

from django.db import migrations

from apps.users.entry_function import CREATE_ENTER


class Migration(migrations.Migration):
    dependencies: ClassVar = [("users", "0003_login_function")]

    operations: ClassVar = [migrations.RunSQL(CREATE_ENTER, migrations.RunSQL.noop)]
