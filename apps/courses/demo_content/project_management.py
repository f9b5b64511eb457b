"""Project Management: 6 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

PROJECT_MANAGEMENT: Final = DemoCourse(
    title="Project Management",
    slug="project-management",
    description="Bring a piece of work with several people and an uncertain end to a good close: goals, plans, risks, "
    "meetings, change and hand-over, with methods from both the classic and the agile school.",
    category="business",
    difficulty_level="intermediate",
    tags=["planning", "agile", "leadership"],
    objectives=[
        "Agree on a goal that can be checked at the end",
        "Plan in ranges and keep the plan honest",
        "Run meetings and handle changes without drama",
    ],
    price_amount=4900,
    modules=[
        DemoModule(
            "Starting Right",
            "Goal, scope, people.",
            [
                text(
                    "A Goal You Can Fail",
                    9,
                    "*Improve the onboarding* can't fail, so it can't succeed. *By 30 June, nine of ten new colleagues "
                    "have "
                    "working accounts on their first morning* can. Write down how you will check, and who.",
                    preview=True,
                ),
                text(
                    "The Not-List",
                    7,
                    "Next to what is in scope write what is **not**, although somebody may expect it. Ten lines in "
                    "week one "
                    "save the argument of week ten.",
                ),
                video("Mapping Stakeholders", 11, "pm-stakeholders"),
                link(
                    "UK Government: Project Delivery Standard",
                    15,
                    "https://www.gov.uk/government/publications/project-delivery-functional-standard",
                ),
            ],
        ),
        DemoModule(
            "Planning",
            "From goal to work packages.",
            [
                text(
                    "Break Down by Results",
                    10,
                    "List things that will *exist*, not activities: *signed contract*, not *talk to lawyers*. A "
                    "package is "
                    "small enough when one person can say on one day whether it is done.",
                ),
                text(
                    "The Critical Path by Hand",
                    11,
                    "Put the packages on cards, draw arrows for *needs*, add up the durations. The longest chain "
                    "decides the "
                    "end; a day lost there is a day lost, a day lost elsewhere may cost nothing.",
                ),
                video("Planning a Move of an Office", 15, "pm-planning"),
                link("Gantt Charts: History and Use", 8, "https://en.wikipedia.org/wiki/Gantt_chart"),
            ],
        ),
        DemoModule(
            "Estimating",
            "Numbers without self-deception.",
            [
                text(
                    "Ranges Instead of Promises",
                    9,
                    "*Three to six weeks, most likely four* carries more truth than *four weeks*. Add the likely "
                    "values, and "
                    "keep a buffer for the whole instead of hiding one in every task, where it will be used up unseen.",
                ),
                text(
                    "The Outside View",
                    9,
                    "Ask how long similar projects *took*, before you ask how long yours *should* take. Nearly "
                    "everybody "
                    "believes that this time is different; the statistics of late projects are made of such times.",
                ),
                video("Planning Poker, Played", 10, "pm-poker"),
                link("Reference Class Forecasting", 12, "https://en.wikipedia.org/wiki/Reference_class_forecasting"),
            ],
        ),
        DemoModule(
            "Risk",
            "What could happen, and what then.",
            [
                text(
                    "A Pre-Mortem in 30 Minutes",
                    10,
                    "*It is a year from now, and the project has failed. Why?* Everybody writes for five minutes, "
                    "alone. "
                    "People who would never criticise a plan are good at explaining a disaster.",
                ),
                text(
                    "Avoid, Reduce, Share, Accept",
                    9,
                    "These are the four answers to a risk. *Watch closely* is none of them. Give every risk an owner "
                    "and a "
                    "sign by which you will notice that it has begun.",
                ),
                video("A Risk Register That Is Read", 9, "pm-risk"),
                link("Performing a Project Premortem", 10, "https://hbr.org/2007/09/performing-a-project-premortem"),
            ],
        ),
        DemoModule(
            "Working Together",
            "Meetings, boards, decisions.",
            [
                text(
                    "Meetings with an End",
                    8,
                    "A meeting has a question and a decision. No question: send a note. No one who may decide: wait. "
                    "Write "
                    "the decision down while all are in the room, in one sentence, aloud.",
                ),
                text(
                    "Limit Work in Progress",
                    10,
                    "Ten tasks at 90 % are worth nothing, nine finished ones are. Put a limit on the *doing* column; "
                    "when it "
                    "is full, help somebody finish instead of starting.",
                ),
                video("A Stand-Up in Nine Minutes", 9, "pm-standup"),
                link("The Scrum Guide", 20, "https://scrumguides.org/scrum-guide.html"),
            ],
        ),
        DemoModule(
            "Change and Closing",
            "Bend without breaking; finish.",
            [
                text(
                    "The Price Tag of a Change",
                    9,
                    "Never say no, say *what it costs*: two weeks, or this other feature, or 8,000. The client "
                    "decides, "
                    "knowing the price, and the plan changes on paper the same day.",
                ),
                text(
                    "Hand-Over Is Part of the Work",
                    8,
                    "Whoever runs it afterwards must be in the room *before* the end. Ask them to run it once, alone, "
                    "with "
                    "your notes and without you. What they ask is what is missing in the notes.",
                ),
                video("A Retrospective Without Blame", 12, "pm-retrospective"),
                text(
                    "Exercise: Close the Summer Fair",
                    25,
                    "Write the closing report of a school's summer fair on one page: goal and result, money planned "
                    "and "
                    "spent, three things to repeat, three to change, and who keeps the tents.",
                ),
            ],
        ),
    ],
)
