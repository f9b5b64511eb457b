"""Freezing final grades, and reading them."""

from typing import Any, Final

from apps.core.tenancy.context import tenant_context
from apps.gradebook.models import FinalGrade, Gradebook
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.working import job_of, work_on

URL: Final = "final-grades/"
WHY: Final = {"reason": "Decision of the board."}


def ended(book: Book, job_id: str) -> tuple[str, str]:
    """Let a worker take the job up; return its state and error."""
    job = work_on(book, job_id)
    return job.state, job.error_code


def start(client: Any, book: Book) -> str:
    return job_of(client, book, URL + "freeze/")


def freeze(client: Any, book: Book) -> None:
    assert ended(book, start(client, book)) == ("succeeded", "")


def listed(client: Any, book: Book, query: str = "") -> list[Any]:
    answer = client.get(book.url(f"{URL}{query}"))
    assert answer.status_code == 200, answer.json()
    return [
        (row["percentage"], row["override_percentage"], row["final_percentage"], row["label"], row["is_passed"])
        for row in answer.json()["results"]
    ]


def final_url(book: Book, learner: int = 0) -> str:
    return book.url(f"{URL}{book.learners[learner].id}/")


def stored(book: Book) -> tuple[Any, ...]:
    """Return what must not change when something is refused; the gradebook's own row last."""
    with tenant_context(book.school):
        finals = FinalGrade.objects.order_by("user_id").values_list("override_percentage", "version", "frozen_at")
        gradebook = Gradebook.objects.filter(course=book.course).values_list("frozen_at", "version").first()
        return (*book.everything(), list(finals), gradebook)
