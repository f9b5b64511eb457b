"""Create the SQL function by which a login finds its account."""

from typing import ClassVar

from django.db import migrations

from apps.users.login_function import CREATE_ACCOUNTS_OF, DROP_ACCOUNTS_OF


class Migration(migrations.Migration):
    dependencies: ClassVar = [("users", "0002_entry_function")]

    operations: ClassVar = [migrations.RunSQL(CREATE_ACCOUNTS_OF, DROP_ACCOUNTS_OF)]
