"""The gradebook as a file: comma-separated, or a workbook. Row by row: its size in memory does not grow with it.

Names and titles are what people have typed, and a spreadsheet runs text that looks like a formula. In CSV such text
gets an apostrophe in front, as OWASP advises ("CSV Injection"), also in the middle of a text, behind what separates
cells in other languages; in a workbook text is stored as text.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.jobs import start_job
from apps.core.models import Job
from apps.core.policies import Actor
from apps.courses.models import Course
from apps.gradebook.selectors.export import LearnerRow, Sheet

EXPORT: Final = "gradebook.export"
CSV: Final = "csv"
XLSX: Final = "xlsx"
MEDIA_TYPES: Final = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EXCUSED: Final = "excused"
ROWS_AT_ONCE: Final = 200
BYTES_AT_ONCE: Final = 256 * 1024
_PERSON: Final = ("Last name", "First name", "E-mail", "ID")
# At the beginning, or behind what separates cells elsewhere: where the comma is decimal, a spreadsheet splits by `;`.
_BEGINS_A_FORMULA: Final = re.compile(
    r"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])"  # the last four: full-width
)

Value = str | Decimal | None
Told = Callable[[int], None]


@transaction.atomic
def start_export(*, course_id: UUID, file_format: str, status: str | None, by: Actor) -> Job:
    """Put an export in the queue.

    Args:
        course_id: whose gradebook.
        file_format: `csv` or `xlsx`.
        status: of the learners' enrolments; None: active and completed.
        by: who gets it.

    Raises:
        TooManyJobs: the person has too many jobs under way.
    """
    parameters = {"format": file_format, "status": status}
    return start_job(kind=EXPORT, parameters=parameters, by=by, subject_id=course_id)


def name_of(course: Course, *, file_format: str, now: datetime) -> str:
    """Return what the file is to be called."""
    return f"{course.slug}-grades-{now:%Y-%m-%d}.{file_format}"


def headings_of(sheet: Sheet) -> list[str]:
    """Return the headings of the columns; of equal ones the later are numbered."""
    items = [f"{item['title']} (max. {item['max_points']})" for item in sheet.items]
    categories = [f"{category['name']} %" for category in sheet.categories]
    found: list[str] = []
    seen: Counter[str] = Counter()
    for heading in [*_PERSON, *items, *categories, "Total %", "Label", "Final %", "Final label"]:
        name = heading
        while name.casefold() in seen:
            seen[heading.casefold()] += 1
            name = f"{heading} [{seen[heading.casefold()]}]"
        seen[name.casefold()] += 1
        found.append(name)
    return found


def values_of(sheet: Sheet, row: LearnerRow) -> list[Value]:
    """Return a learner's row: numbers as numbers, an excused cell as a word."""
    cells: list[Value] = [
        EXCUSED if item["id"] in row.excused else row.scores.get(item["id"]) for item in sheet.items
    ]  # fmt: skip
    categories = [row.total.by_category.get(category["id"]) for category in sheet.categories]
    total = [row.total.percentage, row.label, row.final, row.final_label]
    return [row.last_name, row.first_name, row.email, str(row.user_id), *cells, *categories, *total]


def harmless(value: Value) -> Value:
    """Return text that no spreadsheet takes for a formula; numbers are what they are."""
    return _BEGINS_A_FORMULA.sub("'", value) if isinstance(value, str) else value


def csv_chunks(sheet: Sheet, *, told: Told) -> Iterator[bytes]:
    """Yield the file piece by piece, in UTF-8 with its mark, by which Excel knows it; tell how many learners are in."""
    text = StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([harmless(heading) for heading in headings_of(sheet)])
    for done, row in enumerate(sheet.rows(), 1):
        writer.writerow([harmless(value) for value in values_of(sheet, row)])
        if done % ROWS_AT_ONCE == 0:
            yield _taken(text)
            told(done)
    yield _taken(text)


def _taken(text: StringIO) -> bytes:
    """Return what was written, and forget it."""
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece


def xlsx_chunks(sheet: Sheet, *, told: Told) -> Iterator[bytes]:
    """Yield the workbook piece by piece, once it is complete on disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "grades.xlsx"
        _write_workbook(sheet, path, told=told)
        with path.open("rb") as file:
            while piece := file.read(BYTES_AT_ONCE):
                yield piece


def _write_workbook(sheet: Sheet, path: Path, *, told: Told) -> None:
    options: dict[str, Any] = {
        "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    import xlsxwriter  # noqa: PLC0415  2 MB in every process; loaded by the first that exports

    with xlsxwriter.Workbook(str(path), options) as workbook:
        page = workbook.add_worksheet("Grades")
        number = workbook.add_format({"num_format": "0.00"})
        for column, heading in enumerate(headings_of(sheet)):
            page.write_string(0, column, heading)
        page.freeze_panes(1, 2)
        for done, row in enumerate(sheet.rows(), 1):
            for column, value in enumerate(values_of(sheet, row)):
                if isinstance(value, Decimal):
                    page.write_number(done, column, value, number)
                elif value:
                    page.write_string(done, column, value)
            if done % ROWS_AT_ONCE == 0:
                told(done)


CHUNKS: Final[dict[str, Callable[..., Iterator[bytes]]]] = {CSV: csv_chunks, XLSX: xlsx_chunks}
