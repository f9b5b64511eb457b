"""Archives, looked into without writing any of their entries anywhere."""

from apps.files.inspection.archives.checks import check_archive
from apps.files.inspection.archives.kinds import zip_type_of

__all__ = ["check_archive", "zip_type_of"]
