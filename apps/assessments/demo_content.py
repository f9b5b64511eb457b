"""The demo's six assessments: five multiple-choice questions each, the right option first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question; `options` begin with the right one."""

    text: str
    options: tuple[str, str, str, str]
    solution: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoAssessment:
    """The assessment of one course; `settings` are fields of it. `is_shared`: others may draw its questions."""

    course: str
    title: str
    category: str
    tag: str
    settings: Mapping[str, Any]
    questions: tuple[DemoQuestion, ...]
    is_shared: bool = False
    draws_tag: str = field(default="")


DEMO_RUBRIC: Final[Mapping[str, Any]] = {
    "title": "Short essays",
    "description": "Half of the points for the argument, the rest for sources and language.",
    "criteria": [
        {
            "id": "argument",
            "title": "Argument",
            "description": "What is claimed, and what follows from what.",
            "levels": [
                {"id": "missing", "title": "Missing", "points": 0},
                {"id": "named", "title": "Named", "description": "A claim without reasons.", "points": 2},
                {"id": "reasoned", "title": "Reasoned", "description": "One reason carries the claim.", "points": 4},
                {"id": "weighed", "title": "Weighed", "description": "What speaks against it, too.", "points": 5},
            ],
        },
        {
            "id": "sources",
            "title": "Sources",
            "note": "Two are enough on one page.",
            "levels": [
                {"id": "none", "title": "None", "points": 0},
                {"id": "some", "title": "Some", "points": "1.5"},
                {"id": "enough", "title": "Enough, and named", "points": 3},
            ],
        },
        {"id": "language", "title": "Language", "description": "Clear words, in order.", "max_points": 2},
    ],
}
DEMO_ASSESSMENTS: Final = (
    DemoAssessment(
        "python-programming",
        "Python Fundamentals Quiz",
        "Python",
        "python",
        {"time_limit_minutes": 30, "max_attempts": 3, "pass_mark_percentage": 70, "shuffle_options": True},
        (
            DemoQuestion(
                "What does `b = a` do when `a` is a list?",
                ("It gives the same list a second name", "It copies the list", "It moves the list", "It is an error"),
                "Names are labels: both now point at one object.",
            ),
            DemoQuestion(
                "What is `type(3 / 2)`?",
                ("float", "int", "decimal", "fraction"),
                "A single slash always gives a float; `//` gives a whole number.",
            ),
            DemoQuestion(
                "Which of these can be a key of a dictionary?",
                ("A tuple of numbers", "A list", "A set", "Another dictionary"),
                "Keys must be hashable, and what can change is not.",
            ),
            DemoQuestion(
                "What is a decorator?",
                ("A callable that wraps another one", "A comment", "A kind of loop", "An import"),
                "It takes a function and returns what stands in its place.",
            ),
            DemoQuestion(
                "What does `with open(path) as file:` make sure of?",
                ("That the file is closed", "That the file exists", "That it is locked", "That it is read only"),
                "The context manager closes the file, errors or not.",
            ),
        ),
        is_shared=True,
    ),
    DemoAssessment(
        "web-development",
        "Web Basics Quiz",
        "Web",
        "web",
        {"max_attempts": 5, "pass_mark_percentage": 60, "shuffle_questions": True},
        (
            DemoQuestion(
                "Which HTTP method should change nothing on the server?",
                ("GET", "POST", "PATCH", "DELETE"),
                "GET is safe: it may be repeated, cached and prefetched.",
            ),
            DemoQuestion(
                "What does the status 404 say?",
                ("There is nothing at this address", "You must log in", "The server failed", "Try again later"),
                "4xx is the client's business; 404 is an unknown address.",
            ),
            DemoQuestion(
                "Which element carries the main heading of a page?",
                ("h1", "header", "title", "strong"),
                "Assistive technology finds its way by headings, the first of them `h1`.",
            ),
            DemoQuestion(
                "In CSS, what does `gap` in a flex container set?",
                ("The space between items", "The outer margin", "The border", "The line height"),
                "`gap` separates items and leaves the edges alone.",
            ),
            DemoQuestion(
                "Why is `HttpOnly` set on a session cookie?",
                ("Scripts cannot read it", "It expires sooner", "It is encrypted", "It works without HTTPS"),
                "A script that was smuggled in cannot steal what it cannot read.",
            ),
        ),
        draws_tag="python",
    ),
    DemoAssessment(
        "data-science",
        "Statistics Exam",
        "Statistics",
        "statistics",
        {
            "assessment_type": "exam",
            "time_limit_minutes": 45,
            "max_attempts": 1,
            "pass_mark_percentage": 60,
            "shuffle_questions": True,
            "shuffle_options": True,
            "show_answers": "posted",
        },
        (
            DemoQuestion(
                "Which average resists a few extreme values best?",
                ("The median", "The mean", "The midrange", "The weighted mean"),
                "Extreme values move the mean, hardly the middle value.",
            ),
            DemoQuestion(
                "What does a p-value of 0.03 mean?",
                (
                    "Data this extreme are rare if there is no effect",
                    "The effect is real with 97 %",
                    "The effect is 3 % large",
                    "3 % of the data are wrong",
                ),
                "It is about the data given no effect, never the other way round.",
            ),
            DemoQuestion(
                "Why keep a test set away from training?",
                ("To see how the model does on new data", "To train faster", "To save memory", "To balance classes"),
                "Whoever has seen the questions can recite the answers.",
            ),
            DemoQuestion(
                "Two columns have a correlation of 0. What follows?",
                ("No linear relation", "No relation at all", "They are independent", "One is constant"),
                "A parabola has none either, and is far from no relation.",
            ),
            DemoQuestion(
                "Which chart shows a distribution best?",
                ("A histogram", "A pie chart", "A line chart", "A radar chart"),
                "A histogram shows where the values lie and how they spread.",
            ),
        ),
    ),
    DemoAssessment(
        "digital-marketing",
        "Marketing Practice",
        "Marketing",
        "marketing",
        {"assessment_type": "practice", "pass_mark_percentage": 50, "show_answers": "submitted"},
        (
            DemoQuestion(
                "What is a conversion?",
                ("A visitor does what you hoped for", "A click", "A page view", "A bounce"),
                "You define it: a purchase, a registration, a call.",
                hints=("It is not the same for every page.", "Think of what the page is there for."),
            ),
            DemoQuestion(
                "What does an A/B test need first?",
                ("A measure chosen beforehand", "A large budget", "Two products", "An agency"),
                "Whoever chooses the measure afterwards always wins.",
                hints=("It costs nothing.",),
            ),
            DemoQuestion(
                "Which page element do search engines show as the headline?",
                ("The title", "The footer", "The first image", "The meta keywords"),
                "The title is the link's text in most results.",
            ),
            DemoQuestion(
                "What does churn measure?",
                ("Customers lost in a period", "New customers", "Revenue per visit", "Mails opened"),
                "It is the share that leaves.",
            ),
            DemoQuestion(
                "What must a newsletter always offer?",
                ("A way to unsubscribe", "A discount", "A picture", "A personal greeting"),
                "The law asks for it nearly everywhere, and courtesy does too.",
            ),
        ),
    ),
    DemoAssessment(
        "project-management",
        "Project Planning Quiz",
        "Project management",
        "planning",
        {"time_limit_minutes": 20, "max_attempts": 2, "cooldown_minutes": 60, "pass_mark_percentage": 60},
        (
            DemoQuestion(
                "What is the critical path?",
                ("The longest chain of dependent tasks", "The riskiest task", "The costliest task", "The first sprint"),
                "A delay on it delays the end of the project.",
            ),
            DemoQuestion(
                "Who orders the product backlog in Scrum?",
                ("The product owner", "The Scrum master", "The developers", "The sponsor"),
                "One person answers for the order of the work.",
            ),
            DemoQuestion(
                "What belongs in a risk register?",
                ("Probability, impact and an owner", "Only past incidents", "Salaries", "Source code"),
                "A risk without an owner is watched by nobody.",
            ),
            DemoQuestion(
                "What does a burn-down chart show?",
                ("Work left over time", "Money spent", "Hours per person", "Defects found"),
                "The line should reach zero at the end of the sprint.",
            ),
            DemoQuestion(
                "What helps most against scope creep?",
                ("A change procedure that all have agreed to", "More meetings", "A larger team", "Overtime"),
                "Changes are welcome, and everybody sees what they cost.",
            ),
        ),
    ),
    DemoAssessment(
        "ux-design",
        "Design Principles Quiz",
        "Design",
        "design",
        {"max_attempts": 3, "pass_mark_percentage": 60, "shuffle_options": True},
        (
            DemoQuestion(
                "How many users does a first usability test need?",
                ("About five", "At least a hundred", "One", "All of them"),
                "The first five find most of the serious problems; then mend and test again.",
            ),
            DemoQuestion(
                "What does Fitts's law relate?",
                (
                    "Time to hit a target, its distance and size",
                    "Colours and mood",
                    "Text length and reading time",
                    "Choices and time to decide",
                ),
                "Large and near is quick to hit.",
            ),
            DemoQuestion(
                "What contrast does WCAG AA ask of normal text?",
                ("4.5 to 1", "2 to 1", "3 to 1", "7 to 1"),
                "Large text may do with 3 to 1; AAA asks for 7 to 1.",
            ),
            DemoQuestion(
                "What is a persona?",
                (
                    "A made-up user who stands for real ones",
                    "The loudest customer",
                    "The designer",
                    "A colour scheme",
                ),
                "It is only as good as the interviews behind it.",
            ),
            DemoQuestion(
                "When is a wireframe the right tool?",
                ("While the structure is still open", "After release", "Only for print", "To choose colours"),
                "It is cheap to throw away, and shows no colours to argue about.",
            ),
        ),
    ),
)
