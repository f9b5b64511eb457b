"""Everything that changes gradebooks and grades. Who may call what is the policies' business."""

from apps.gradebook.services.locking import GradebookFrozen, lock_gradebook, lock_open_gradebook
from apps.gradebook.services.syncing import ensure_item, forget_assessment, has_grades, sync_grade, sync_item

__all__ = [
    "GradebookFrozen",
    "ensure_item",
    "forget_assessment",
    "has_grades",
    "lock_gradebook",
    "lock_open_gradebook",
    "sync_grade",
    "sync_item",
]
