"""The clock goes from school to school, and is stopped by none."""

import pytest

from apps.core.each_tenant import SomeTenantsFailed, in_each_tenant
from apps.core.models import Tenant
from apps.core.tenancy.context import current_tenant_id


def test_every_school_has_its_turn(school: Tenant, other_school: Tenant) -> None:
    seen = []

    def look() -> int:
        seen.append(current_tenant_id())
        return 2

    assert in_each_tenant(look) == 4
    assert seen == sorted([school.id, other_school.id])


def test_what_fails_for_one_school_is_done_for_the_others_and_told_in_the_end(
    school: Tenant, other_school: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = sorted([school.id, other_school.id])
    done = []

    def fail_for_the_first() -> int:
        if current_tenant_id() == first:
            message = "the storage of this school is gone"
            raise OSError(message)
        done.append(current_tenant_id())
        return 1

    with pytest.raises(SomeTenantsFailed, match="1 of 2 schools"):
        in_each_tenant(fail_for_the_first)

    assert done == [second]
    assert [record.tenant for record in caplog.records if hasattr(record, "tenant")] == [str(first)]
