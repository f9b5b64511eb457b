"""Files that come in the request itself, as a form: for small clients. Heavy ones reserve (`uploads`)."""

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.streaming import StreamingMultiPartParser, file_of
from apps.core.http.versions import etag_of
from apps.core.http.views import BaseViewSet
from apps.files.models import File
from apps.files.serializers import FileSerializer, NewFileSerializer
from apps.files.services.contents import require_bearable
from apps.files.services.quota import require_room
from apps.files.services.receiving import receive_file


class ReceivingMixin(BaseViewSet):
    """A view whose POSTs are forms with a file; what cannot be kept is refused before it is read."""

    post_parsers: ClassVar[list[type[BaseParser]]] = [StreamingMultiPartParser]

    def get_parsers(self) -> list[BaseParser]:
        request = getattr(self, "request", None)
        if request is not None and request.method == "POST":
            return [parser() for parser in self.post_parsers]
        return super().get_parsers()

    def require_room_for(self, size: int, /) -> None:
        """Refuse what is larger than a file may be, or than there is room for. Raises FileTooLarge, QuotaExceeded."""
        require_bearable(size)
        require_room(size=size, user_id=self.actor.id)

    def answer_file(self, file: File, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with the file, whatever the request was made of."""
        return Response(FileSerializer(file).data, status=status_code, headers={"ETag": str(etag_of(file))})


class FileCreateMixin(ReceivingMixin):
    """POST of a new file."""

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        received = file_of(self.request)
        given = NewFileSerializer(data=self.request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        file = receive_file(
            source=received.source,
            name=received.name,
            size=received.size,
            by=self.actor,
            folder=given.validated_data.get("folder"),
        )
        return self.answer_file(file, status_code=status.HTTP_201_CREATED)
