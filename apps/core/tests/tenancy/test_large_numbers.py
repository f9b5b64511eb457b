"""Numbers beyond 32 bits in expressions: what the database computes is what mathematics says."""

import pytest
from django.db.models import F, Value
from django.db.models.functions import Length
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context

# The column is of 32 bits: what just fits beside it may not fit in the sum, and PostgreSQL says so.
narrow = st.integers(min_value=-(2**30), max_value=2**30)
wide = st.integers(min_value=2**31, max_value=2**62)
numbers = st.one_of(narrow, wide, wide.map(lambda number: -number - 1))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=numbers)
def test_a_number_in_an_expression_arrives_whole(school: Tenant, number: int) -> None:
    with tenant_context(school):
        tenants = Tenant.objects.annotate(sum=Length("slug") + Value(number))

        assert list(tenants.values_list("sum", flat=True)) == [len(school.slug) + number]


@pytest.mark.parametrize("number", [2**15, 2**30, 2**31, 2**32, 3 * 2**30, 2**40])
def test_a_number_is_compared_as_what_it_is(school: Tenant, number: int) -> None:
    with tenant_context(school):
        longer = Tenant.objects.annotate(length=Length("slug")).filter(length__lte=F("length") + number)

        assert longer.count() == 1
