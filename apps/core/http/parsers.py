"""What comes in: of a bearable size and, as JSON, only what JSON can carry back out again."""

from collections.abc import Mapping
from typing import IO, Any, Final

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.parsers import MultiPartParser as BaseMultiPartParser

MAX_DEPTH: Final = 64
LARGEST_NUMBER: Final = 2**63


class ORJSONParser(BaseParser):
    """Reads UTF-8 JSON, and refuses what could be stored but never be answered.

    The standard library's parser takes half of a surrogate pair, numbers of any length and nesting of nearly any
    depth. An answer that repeats one of them cannot be written: a 500, for a stored one at every later read.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value of the body.

        Raises:
            RequestDataTooBig: the body is larger than what is accepted.
            ParseError: the body is no JSON, nested deeper than `MAX_DEPTH`, or holds a number beyond 64 bits.
        """
        del media_type
        _require_bearable(parser_context)
        try:
            value = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            message = f"The request body is not valid JSON: {error}."
            raise ParseError(message) from error
        _require_answerable(value)
        return value


class MultiPartParser(BaseMultiPartParser):
    """DRF's, for uploads of a bearable size: Django itself bounds the fields, never the files."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return fields and files. Raises RequestDataTooBig, or ParseError for what is no form."""
        _require_bearable(parser_context)
        return super().parse(stream, media_type, dict(parser_context or {}))


def _require_bearable(parser_context: Mapping[str, Any] | None) -> None:
    """Refuse by the declared length, beyond which the server hands no byte on; DRF reads without Django's bound."""
    request = (parser_context or {})["request"]
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        message = f"The request body has more than {limit} bytes."
        raise RequestDataTooBig(message)


def _require_answerable(value: Any) -> None:
    """Walk level by level, so that nothing a client sends exhausts the stack."""
    level = [value]
    for _ in range(MAX_DEPTH):
        if any(isinstance(entry, float) and abs(entry) >= LARGEST_NUMBER for entry in level):
            message = "The request body holds a number that is too large."
            raise ParseError(message)
        level = [child for entry in level for child in _children(entry)]
        if not level:
            return
    message = "The request body is nested too deeply."
    raise ParseError(message)


def _children(entry: Any) -> Any:
    if isinstance(entry, dict):
        return entry.values()
    return entry if isinstance(entry, list) else ()
