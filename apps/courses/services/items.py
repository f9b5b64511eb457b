"""Content items: what is in a module, nested at most `MAX_DEPTH` deep."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max
from django.db.models.functions import Now

from apps.core.errors import InvalidInput, NotFound
from apps.courses.content_types import CONTENT_TYPES, TEXT_CONTENT, InvalidPayload, Payload, clean_payload
from apps.courses.models import ContentItem, Module
from apps.courses.services.files import lock_file_for
from apps.courses.services.modules import positions
from apps.courses.services.nesting import check_parent, descendants
from apps.courses.services.ordering import check_permutation, next_order
from apps.courses.services.structure import changing_structure
from apps.users.models import User

PLAIN: Final = frozenset({"title", "order", "is_required", "is_free_preview", "is_published", "duration_minutes"})
CHANGEABLE: Final = PLAIN | {"content_type", "payload", "file_id", TEXT_CONTENT, "module_id", "parent_id"}


class ContentTypeIsFixed(InvalidInput):
    """An item keeps its type: what learners did with it would lose its meaning."""

    code = "content_type_fixed"
    default_detail = "An item keeps its type. Delete it and add one of the other type."
    default_field = "content_type"


class UnknownModule(InvalidInput):
    """The module is not one of the item's course."""

    code = "unknown_module"
    default_detail = "There is no such module in the course of this item."
    default_field = "module"


def create_item(
    *,
    module: Module,
    by: User,
    title: str,
    content_type: str,
    payload: Any = None,
    text_content: str | None = None,
    file_id: UUID | None = None,
    parent_id: UUID | None = None,
    order: int | None = None,
    **flags: Any,
) -> ContentItem:
    """Add an item to the module; without `order`, behind its siblings.

    `payload` is what the type asks for; a text has its Markdown in `text_content` instead. `file_id` is a file
    that `by` may see, in place of the payload's address or besides it. `parent_id` is an item of the same module
    to nest it under. `flags` are any of `is_required`, `is_free_preview`,
    `is_published`, `duration_minutes`.

    Raises:
        InvalidPayload: the type is unknown or the payload does not fit it.
        UnusableFile: the file does not fit the type, holds malware, or has gone.
        InvalidParent: the parent is of another module, or too deep.
    """
    del by
    _check_names(flags, PLAIN)
    stored = _payload(content_type, payload, text_content, has_file=file_id is not None)
    with changing_structure(module.course_id):
        _require_module(module.id, module.course_id)
        check_parent(_parents(module.course_id, module.id), None, parent_id)
        if file_id is not None:
            lock_file_for(content_type, file_id)
        siblings = ContentItem.objects.filter(module_id=module.id, parent_id=parent_id)
        if order is None:
            order = next_order(siblings.aggregate(last=Max("order"))["last"])
        return ContentItem.objects.create(
            course_id=module.course_id,
            module_id=module.id,
            parent_id=parent_id,
            title=title,
            content_type=content_type,
            payload=stored,
            file_id=file_id,
            order=order,
            **flags,
        )


def _payload(content_type: str, payload: Any, text_content: str | None, *, has_file: bool) -> Payload:
    """Return the payload to store; `html` is derived by the type, so a client may send back what it has read."""
    entries = {} if payload is None else payload
    if not isinstance(entries, Mapping):
        return clean_payload(content_type, entries)
    entries = {key: value for key, value in entries.items() if key != "html"}
    if text_content is not None:
        if content_type != "text" and content_type in CONTENT_TYPES:
            message = "Only a text has text_content; the other types have a payload."
            raise InvalidPayload(message, code="not_for_this_type", field=TEXT_CONTENT)
        entries[TEXT_CONTENT] = text_content
    return clean_payload(content_type, entries, has_file=has_file)


def _check_names(given: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := given.keys() - known:
        message = f"These cannot be set: {', '.join(sorted(unknown))}."
        raise InvalidInput(message)


def _require_module(module_id: UUID, course_id: UUID) -> None:
    if not Module.objects.filter(id=module_id, course_id=course_id).exists():
        raise UnknownModule


def _parents(course_id: UUID, module_id: UUID) -> dict[UUID, UUID | None]:
    rows = ContentItem.objects.filter(course_id=course_id, module_id=module_id)
    return dict(rows.values_list("id", "parent_id"))


def change_item(*, item: ContentItem, by: User, **changes: Any) -> ContentItem:
    """Change fields of the item (any of `CHANGEABLE`).

    A new `module_id` moves it, with what is nested under it, to another module of the same course; it loses
    its parent unless a `parent_id` of the new module comes along.

    Raises:
        ContentTypeIsFixed: `content_type` is another one.
        InvalidPayload: the payload does not fit the type, or an item without a file would have no address.
        UnusableFile: the file does not fit the type, holds malware, or has gone.
        UnknownModule: the module is of another course.
        InvalidParent: the parent is of another module, too deep, or nested under the item.
    """
    del by
    _check_names(changes, CHANGEABLE)
    if changes.get("content_type", item.content_type) != item.content_type:
        raise ContentTypeIsFixed
    with changing_structure(item.course_id):
        item = _fresh(item.id)
        for name in PLAIN & changes.keys():
            setattr(item, name, changes[name])
        _replace_content(item, changes)
        _place(item, changes)
        item.version += 1
        item.save()
    return item


def _fresh(item_id: UUID) -> ContentItem:
    item = ContentItem.objects.filter(id=item_id).first()
    if item is None:
        raise NotFound
    return item


def _replace_content(item: ContentItem, changes: Mapping[str, Any]) -> None:
    """Give the item its new file and payload; one that loses its file must have an address."""
    file_id = changes.get("file_id", item.file_id)
    if file_id is not None and file_id != item.file_id:
        lock_file_for(item.content_type, file_id)
    loses_file = item.file_id is not None and file_id is None
    item.file_id = file_id
    if not loses_file and not {"payload", TEXT_CONTENT} & changes.keys():
        return
    source = changes.get(TEXT_CONTENT)
    if source is None and item.content_type == "text":
        source = item.payload.get(TEXT_CONTENT)
    payload = changes.get("payload", item.payload if loses_file else None)
    item.payload = _payload(item.content_type, payload, source, has_file=file_id is not None)


def _place(item: ContentItem, changes: Mapping[str, Any]) -> None:
    module_id = changes.get("module_id", item.module_id)
    moves = module_id != item.module_id
    parent_id = changes.get("parent_id", None if moves else item.parent_id)
    if not moves and parent_id == item.parent_id:
        return
    parents = _parents(item.course_id, item.module_id)
    below = descendants(parents, item.id)
    if moves:
        _require_module(module_id, item.course_id)
        kept = {key: parents[key] for key in below}
        parents = _parents(item.course_id, module_id) | kept | {item.id: None}
    check_parent(parents, item.id, parent_id)
    item.module_id = module_id
    item.parent_id = parent_id
    if moves:
        ContentItem.objects.filter(id__in=below).update(module_id=module_id, version=F("version") + 1, updated_at=Now())


def delete_item(*, item: ContentItem, by: User) -> None:
    """Delete the item, what is nested under it, and what learners had done in them."""
    del by
    with changing_structure(item.course_id):
        _fresh(item.id).delete()


def reorder_items(*, module: Module, ids: Sequence[UUID], by: User, parent_id: UUID | None = None) -> None:
    """Put the items of one level (those of the module, or those under `parent_id`) in the order of `ids`.

    Raises:
        InvalidOrder: `ids` is no permutation of that level.
    """
    del by
    with changing_structure(module.course_id):
        level = ContentItem.objects.filter(module_id=module.id, parent_id=parent_id)
        check_permutation(list(level.order_by("order", "id").values_list("id", flat=True)), ids)
        level.update(order=positions(ids), version=F("version") + 1, updated_at=Now())
