"""Everything that changes gradebooks and grades. Who may call what is the policies' business."""

from apps.gradebook.services.locking import GradebookFrozen, lock_gradebook, lock_open_gradebook

__all__ = ["GradebookFrozen", "lock_gradebook", "lock_open_gradebook"]
