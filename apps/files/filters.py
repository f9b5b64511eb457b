"""What the lists of folders and files can be narrowed and ordered by."""

from typing import Any, Final
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CharField, ValidationError

from apps.files.choices import Visibility
from apps.files.models import File, Folder

MEDIA_GROUPS: Final = {
    "image": Q(media_type__startswith="image/"),
    "video": Q(media_type__startswith="video/"),
    "audio": Q(media_type__startswith="audio/"),
    "document": Q(media_type__startswith="text/")
    | Q(media_type="application/pdf")
    | Q(media_type="application/rtf")
    | Q(media_type="application/msword")
    | Q(media_type__startswith="application/vnd."),
    "archive": Q(media_type__in=["application/zip", "application/gzip", "application/x-tar"]),
}


class _PlaceField(CharField):
    """An id, or the word for what lies outside of any folder."""

    def __init__(self, *args: Any, word: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.word = word

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or text == self.word:
            return text
        try:
            return UUID(text)
        except ValueError as error:
            message = f"Give the id of a folder, or {self.word}."
            raise ValidationError(message, code="invalid") from error


class PlaceFilter(django_filters.Filter):  # type: ignore[misc]  # ships no types
    """Narrows to one folder; `word` names what lies in none."""

    field_class = _PlaceField

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        if value == self.extra["word"]:
            return qs.filter(**{f"{self.field_name}__isnull": True})
        return qs.filter(**{f"{self.field_name}_id": value})


class OrderingThenId(django_filters.OrderingFilter):  # type: ignore[misc]  # ships no types
    """Ends every order with the id, so that pages never overlap."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.order_by(*[self.get_ordering_value(name) for name in value], "-id") if value else qs


class FolderFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    parent = PlaceFilter(field_name="parent", word="root", label="Directly in this folder; `root`: at the top.")
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name.")
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices)

    class Meta:
        model = Folder
        fields: tuple[str, ...] = ()


class FileFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Unknown values answer 400; several filters narrow together."""

    folder = PlaceFilter(field_name="folder", word="none", label="Directly in this folder; `none`: in no folder.")
    media_group = django_filters.ChoiceFilter(
        choices=[(name, name) for name in MEDIA_GROUPS], method="filter_group", label="What kind of file."
    )
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name.")
    uploaded_by = django_filters.CharFilter(method="filter_uploader", label="`me`, or the id of an account.")
    ordering = OrderingThenId(fields=["name", "size_bytes", "created_at", "updated_at"])

    class Meta:
        model = File
        fields: tuple[str, ...] = ()

    def filter_group(self, queryset: QuerySet[File], name: str, value: str) -> QuerySet[File]:
        del name
        return queryset.filter(MEDIA_GROUPS[value])

    def filter_uploader(self, queryset: QuerySet[File], name: str, value: str) -> QuerySet[File]:
        del name
        if value == "me":
            return queryset.filter(uploaded_by_id=self.request.user.id)
        try:
            return queryset.filter(uploaded_by_id=UUID(value))
        except ValueError:
            return queryset.none()
