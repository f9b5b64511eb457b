"""What a file really is, and whether it may be kept: by its content, never by its name.

    media_type = inspect(source, name="report.pdf", size=12_345, allowed=get_setting("files.allowed_types"))
    cleaned = clean_image(source, media_type)   # a file to store instead, or None: store the source as it is

Both read a seekable file in bounded pieces, wherever it is; both take seeks for cheap, so give them a local file.
The types, groups and the default of `files.allowed_types` are in `types`.
"""

from apps.files.inspection.cleaning import clean_image
from apps.files.inspection.errors import UnsafeFile
from apps.files.inspection.inspecting import inspect
from apps.files.inspection.types import DEFAULT_ALLOWED, check_allowed, may_show_inline

__all__ = ["DEFAULT_ALLOWED", "UnsafeFile", "check_allowed", "clean_image", "inspect", "may_show_inline"]
