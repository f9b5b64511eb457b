"""What the demo courses teach: curated titles and texts, one module per course."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse
from apps.courses.demo_content.data_science import DATA_SCIENCE
from apps.courses.demo_content.digital_marketing import DIGITAL_MARKETING
from apps.courses.demo_content.project_management import PROJECT_MANAGEMENT
from apps.courses.demo_content.python_programming import PYTHON_PROGRAMMING
from apps.courses.demo_content.ux_design import UX_DESIGN
from apps.courses.demo_content.web_development import WEB_DEVELOPMENT

DEMO_COURSES: Final[list[DemoCourse]] = [
    PYTHON_PROGRAMMING, WEB_DEVELOPMENT, DATA_SCIENCE, DIGITAL_MARKETING, PROJECT_MANAGEMENT, UX_DESIGN,
]  # fmt: skip

__all__ = ["DEMO_COURSES", "DemoCourse"]
