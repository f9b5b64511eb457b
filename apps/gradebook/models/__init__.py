"""A course's gradebook: scales, categories, items, grades, their history, final grades."""

from apps.gradebook.models.grades import FinalGrade, Grade, GradebookChange
from apps.gradebook.models.setup import Gradebook, GradeCategory, GradeItem, GradeScale

__all__ = ["FinalGrade", "Grade", "GradeCategory", "GradeItem", "GradeScale", "Gradebook", "GradebookChange"]
