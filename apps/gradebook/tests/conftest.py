import pytest

from apps.core.models import Tenant
from apps.gradebook.tests.books import Book, book_of
from apps.users.models import User


@pytest.fixture
def book(school: Tenant, instructor: User, learner: User) -> Book:
    return book_of(school, instructor, learner)
