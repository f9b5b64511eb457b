"""Demo data: four folders of small real files, one of them with two versions, one in the trash, an upload under way.

They go the way of every upload: type, quota, store, scan and smaller pictures are the product's own.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from apps.core.demo import DemoSchool
from apps.core.models import TrashEntry
from apps.files import demo_content as content
from apps.files.choices import Visibility
from apps.files.models import File, Folder, Upload
from apps.files.services.files import delete_file
from apps.files.services.folders import create_folder
from apps.files.services.receiving import receive_file, receive_version
from apps.files.services.uploads import reserve_upload
from apps.users.choices import Role
from apps.users.models import User

DOCUMENTS: Final = "Documents"
MATERIALS: Final = "Course Materials"
ASSESSMENTS: Final = "Assessments"
ARCHIVES: Final = "Archives"
FOLDERS: Final = {
    DOCUMENTS: Visibility.SCHOOL,
    MATERIALS: Visibility.STAFF,
    ASSESSMENTS: Visibility.STAFF,
    ARCHIVES: Visibility.STAFF,
}
COVERS: Final = tuple(f"Cover {number}.png" for number in range(1, 7))
COVER_SIZE: Final = (640, 360)
CATALOGUE: Final = "Course catalogue.pdf"
TRASHED: Final = "Timetable of last year.csv"
UNDER_WAY: Final = "Recording of the lecture.mp4"
UNDER_WAY_BYTES: Final = 48 * 1024 * 1024
NOTES: Final = "My notes.txt"
DEMO_STEPS: Final = 20


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file of the demo; `folder` is a name."""

    folder: str
    name: str
    data: bytes


def seed_demo(school: DemoSchool) -> None:
    """Add the folders and files that are missing; hand the files on as `files` (File by name)."""
    admin = _person(Role.ADMIN)
    folders = {name: _folder(name, visibility, by=admin) for name, visibility in FOLDERS.items()}
    files: dict[str, File] = {}
    for definition in _definitions(school):
        files[definition.name] = _file(definition, folders[definition.folder], by=admin)
        school.advance()
    _replace_catalogue(files[CATALOGUE], school, by=admin)
    _trash(folders[ARCHIVES], by=admin, school=school)
    _keep_notes(by=_person(Role.LEARNER))
    _start_upload(folders[MATERIALS], by=_person(Role.INSTRUCTOR), school=school)
    school.shared["files"] = files


def _person(role: str) -> User:
    """Return the first account with this role; where nobody has it, the first of all."""
    people = User.objects.filter(is_platform_staff=False).order_by("created_at", "id")
    return people.filter(roles__contains=[role]).first() or people[0]


def _definitions(school: DemoSchool) -> Iterator[DemoFile]:
    """Yield the files of the four folders, the same ones at every run."""
    name = school.tenant.name
    yield DemoFile(DOCUMENTS, "Student handbook.pdf", content.pdf(f"{name}: student handbook", _HANDBOOK))
    yield DemoFile(DOCUMENTS, "House rules.docx", content.docx(f"House rules of {name}", _HOUSE_RULES))
    yield DemoFile(DOCUMENTS, "Timetable.csv", content.csv_table([(name, "", ""), *_TIMETABLE]))
    yield DemoFile(MATERIALS, "Python cheat sheet.pdf", content.pdf(f"Python at {name}", _CHEAT_SHEET))
    yield DemoFile(MATERIALS, "Sample data.csv", content.csv_table(_sample_rows(school)))
    yield DemoFile(MATERIALS, "Marketing interview.wav", content.wav(school.random.choice([392, 440, 494])))
    yield DemoFile(MATERIALS, "Project charter.docx", content.docx(f"Project charter, {name}", _CHARTER))
    yield DemoFile(
        MATERIALS, "Project kick-off.zip", content.scorm(f"kickoff-{school.slug}", "Project kick-off", _CHARTER[0])
    )
    for cover in COVERS:
        yield DemoFile(MATERIALS, cover, content.png(*COVER_SIZE, _colour(school), _colour(school)))
    yield DemoFile(ASSESSMENTS, "Grading rubric.xlsx", content.xlsx("Rubric", [(name, "Points"), *_RUBRIC]))
    yield DemoFile(ASSESSMENTS, "Question bank.csv", content.csv_table([("School", name), *_QUESTIONS]))
    yield DemoFile(ARCHIVES, CATALOGUE, _catalogue(school, edition=1))


def _colour(school: DemoSchool) -> content.Colour:
    red, green, blue = (school.random.randint(30, 220) for _ in range(3))
    return red, green, blue


def _sample_rows(school: DemoSchool) -> list[Sequence[str | int]]:
    weeks = range(1, 21)
    return [("week", "visitors"), *((week, 100 + 7 * week + school.random.randint(-20, 20)) for week in weeks)]


def _catalogue(school: DemoSchool, *, edition: int) -> bytes:
    return content.pdf(f"{school.tenant.name}: courses, edition {edition}", _COURSES[: 2 + 2 * edition])


def _folder(name: str, visibility: str, *, by: User) -> Folder:
    present = Folder.objects.filter(parent=None, owner_id=None, name=name).first()
    return present or create_folder(name=name, visibility=visibility, by=by)


def _file(definition: DemoFile, folder: Folder, *, by: User) -> File:
    present = File.objects.filter(folder=folder, name=definition.name).first()
    return present or _receive(definition.name, definition.data, by=by, folder=folder)


def _receive(name: str, data: bytes, *, by: User, folder: Folder | None) -> File:
    return receive_file(source=io.BytesIO(data), name=name, size=len(data), by=by, folder=folder)


def _replace_catalogue(file: File, school: DemoSchool, *, by: User) -> None:
    if file.version_number == 1:
        data = _catalogue(school, edition=2)
        receive_version(source=io.BytesIO(data), name=CATALOGUE, size=len(data), by=by, file=file)


def _trash(folder: Folder, *, by: User, school: DemoSchool) -> None:
    if not TrashEntry.objects.filter(name=TRASHED).exists():
        file = _receive(
            TRASHED, content.csv_table([(school.tenant.name, "last year", ""), *_TIMETABLE]), by=by, folder=folder
        )
        delete_file(file=file, by=by, now=school.now)


def _keep_notes(*, by: User) -> None:
    """Give a learner a file of their own, which nobody else finds."""
    if not File.objects.filter(folder=None, name=NOTES, uploaded_by_id=by.id).exists():
        _receive(NOTES, f"Notes of {by.email}\n\nAsk about decorators on Monday.\n".encode(), by=by, folder=None)


def _start_upload(folder: Folder, *, by: User, school: DemoSchool) -> None:
    """Reserve room for a recording whose bytes never come: it expires like any other."""
    if not Upload.objects.filter(name=UNDER_WAY).exists():
        reserve_upload(
            by=by,
            name=UNDER_WAY,
            size_bytes=UNDER_WAY_BYTES,
            sha256=hashlib.sha256(school.slug.encode()).hexdigest(),
            media_type="video/mp4",
            folder=folder,
            now=school.now,
        )


_HANDBOOK: Final = (
    "Welcome! This handbook says how courses, deadlines and certificates work.",
    "Courses open on the day you enrol. Work at your own pace, but finish what is required.",
    "A certificate is issued by itself when every required item is complete.",
)
_HOUSE_RULES: Final = ("Be kind in discussions.", "Hand in your own work.", "Ask early: instructors answer in a day.")
_TIMETABLE: Final = (
    ("Day", "Hour", "Session"),
    ("Monday", "18:00", "Python: questions and answers"),
    ("Wednesday", "18:00", "Data Science: questions and answers"),
    ("Friday", "17:00", "Open office hour"),
)
_CHEAT_SHEET: Final = (
    "squares = [n * n for n in range(10)]",
    "with open('data.csv') as lines: rows = list(lines)",
    "def greet(name: str) -> str: return f'Hello, {name}!'",
)
_CHARTER: Final = ("Purpose: why the project is worth its time.", "Scope: what it will not do.", "Risks and owners.")
_RUBRIC: Final = (("Correctness", 50), ("Clarity", 30), ("Tests", 20))
_QUESTIONS: Final = (
    ("question", "answer"),
    ("Which keyword makes a generator?", "yield"),
    ("What does HTTP status 404 say?", "There is no such thing"),
)
_COURSES: Final = (
    "Python Programming", "Web Development", "Data Science", "Digital Marketing", "Project Management", "UX Design",
)  # fmt: skip
