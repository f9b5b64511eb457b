"""The people of a demo school, and the platform's own."""

from itertools import cycle
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db.models import F

from apps.core.demo import DEMO_PASSWORD, DemoSchool
from apps.users.choices import Role
from apps.users.models import Group, GroupMembership, User

DEMO_STEPS = 4

ADMIN: Final = ("Grace", "Mensah", "admin")
INSTRUCTORS: Final = (
    ("John", "Smith", "john.smith"),
    ("Mei", "Tanaka", "mei.tanaka"),
    ("Fatima", "El-Sayed", "fatima.elsayed"),
)
LEARNERS: Final = (
    ("Alice", "Williams", "alice.williams"),
    ("Mateo", "Hernández", "mateo.hernandez"),
    ("Priya", "Raghunathan", "priya.raghunathan"),
    ("Kwame", "Boateng", "kwame.boateng"),
    ("Zofia", "Nowak", "zofia.nowak"),
    ("Omar", "Haddad", "omar.haddad"),
    ("Linh", "Nguyễn", "linh.nguyen"),
    ("Noah", "Fischer", "noah.fischer"),
    ("Amara", "Okafor", "amara.okafor"),
    ("Camille", "Laurent", "camille.laurent"),
    ("Arjun", "Patel", "arjun.patel"),
    ("Siobhán", "O'Brien", "siobhan.obrien"),
)
ZONES: Final = ("Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Accra", "Europe/Berlin")
BIOS: Final = {
    "admin": "Runs the school: timetables, accounts, and whatever else comes up.",
    "john.smith": "Twenty years of Python in banks and start-ups, now teaching what he wishes he had known.",
    "mei.tanaka": "Data scientist; believes that every chart should answer one question.",
    "fatima.elsayed": "Product designer who interviews people before she draws anything.",
    "alice.williams": "Changing careers from logistics to software. Learns on the train.",
}
GROUPS: Final = (
    ("2024 Cohort A", "Everybody who started in spring 2024.", slice(0, 6)),
    ("2024 Cohort B", "Everybody who started in autumn 2024.", slice(6, 12)),
    ("Engineering Team", "Colleagues who learn for their work on the platform team.", slice(2, 10, 2)),
)
PLATFORM_ADMIN: Final = "admin@lms.local"


def seed_platform_demo() -> None:
    """Make the platform's superuser, whose password is the demo's."""
    if not User.objects.filter(tenant=None, email=PLATFORM_ADMIN).exists():
        User.objects.create_superuser(PLATFORM_ADMIN, DEMO_PASSWORD)


def seed_demo(school: DemoSchool) -> None:
    """Make 16 people and 3 groups; hand them on as `admin`, `instructors`, `learners`, `groups`.

    Straight into the table: the password is too weak for the service that makes accounts.
    """
    there = {user.email: user for user in User.objects.all()}
    people = [_person(school, ADMIN, Role.ADMIN, there)]
    people += [_person(school, name, Role.INSTRUCTOR, there) for name in INSTRUCTORS]
    people += [_person(school, name, Role.LEARNER, there) for name in LEARNERS]
    for user, zone in zip(people, cycle(ZONES), strict=False):
        if user.email not in there:
            user.time_zone = zone
    school.advance()
    new = [user for user in people if user.email not in there]
    if new:
        encoded = make_password(DEMO_PASSWORD)
        for user in new:
            user.password = encoded
        User.objects.bulk_create(new)
    school.advance()
    school.shared["admin"] = people[0]
    school.shared["instructors"] = people[1:4]
    school.shared["learners"] = people[4:]
    school.shared["groups"] = [_group(name, text, school.shared["learners"][members]) for name, text, members in GROUPS]
    school.advance(2)


def _person(school: DemoSchool, name: tuple[str, str, str], role: Role, there: dict[str, User]) -> User:
    first_name, last_name, local_part = name
    email = f"{local_part}@{school.mail_domain}"
    return there.get(email) or User(
        email=email, first_name=first_name, last_name=last_name, roles=[role.value], bio=BIOS.get(local_part, "")
    )


def _group(name: str, description: str, learners: list[User]) -> Group:
    group, _ = Group.objects.get_or_create(name=name, defaults={"description": description})
    members = set(GroupMembership.objects.filter(group=group).values_list("user_id", flat=True))
    new = [GroupMembership(group=group, user=user) for user in learners if user.id not in members]
    GroupMembership.objects.bulk_create(new)
    if new:
        Group.objects.filter(id=group.id).update(member_count=F("member_count") + len(new))
        group.refresh_from_db()
    return group
