"""What schools can choose about courses."""

import re
from typing import Final

from apps.core.settings_registry import SettingDefinition, define
from apps.courses.content_types.providers import DEFAULT_EMBED_HOSTS, EMBED_HOSTS

_HOST: Final = re.compile(r"\A(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}\Z")


def _check_hosts(value: list[str]) -> None:
    for host in value:
        if not _HOST.match(host):
            message = f"{host[:80]!r} is no host name; write it as player.vimeo.com, in lower case."
            raise ValueError(message)


define(
    SettingDefinition(
        key=EMBED_HOSTS,
        type=list,
        default=list(DEFAULT_EMBED_HOSTS),
        description="Hosts whose pages authors may embed in courses, with all names below them.",
        check=_check_hosts,
    )
)
