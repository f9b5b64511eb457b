"""The shape of a demo course. Each item is (title, minutes, content): Markdown, or an address."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DemoItem:
    """A text (`text`), a film (`video`) or a page elsewhere (`url`)."""

    title: str
    minutes: int
    content_type: str
    content: str
    is_required: bool = True
    is_free_preview: bool = False


@dataclass(frozen=True, slots=True)
class DemoModule:
    """A module and its items in order."""

    title: str
    description: str
    items: list[DemoItem]


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """A course; `requires` is the title of the course that it recommends to take first."""

    title: str
    slug: str
    description: str
    category: str
    difficulty_level: str
    tags: list[str]
    objectives: list[str]
    modules: list[DemoModule]
    price_amount: int = 0
    seat_limit: int | None = None
    requires: str | None = field(default=None)


def text(title: str, minutes: int, *paragraphs: str, preview: bool = False) -> DemoItem:
    """Make a text of paragraphs in Markdown."""
    return DemoItem(title, minutes, "text", "\n\n".join([f"# {title}", *paragraphs]), is_free_preview=preview)


def video(title: str, minutes: int, name: str) -> DemoItem:
    """Make a film; the demo's media host holds none, the addresses only look right."""
    return DemoItem(title, minutes, "video", f"https://media.example.org/courses/{name}.mp4")


def link(title: str, minutes: int, address: str) -> DemoItem:
    """Make an optional page elsewhere."""
    return DemoItem(title, minutes, "url", address, is_required=False)
