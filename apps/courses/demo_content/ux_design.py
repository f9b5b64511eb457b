"""UX Design: 6 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

UX_DESIGN: Final = DemoCourse(
    title="UX Design",
    slug="ux-design",
    description="Design things that people can use: research, structure, sketches, prototypes, tests and "
    "accessibility, "
    "practised on a library's website from the first interview to the last usability test.",
    category="design",
    difficulty_level="beginner",
    tags=["ux", "research", "accessibility"],
    objectives=[
        "Plan and run interviews and usability tests",
        "Turn findings into structure and prototypes",
        "Check a design against the accessibility guidelines",
    ],
    modules=[
        DemoModule(
            "Thinking Like a User",
            "You are not your user.",
            [
                text(
                    "Doors That Need a Sign",
                    8,
                    "If a door needs the word *push*, its handle is wrong. Don Norman called what an object tells you "
                    "about "
                    "its use a *signifier*. Count the signs in your office: each is a small design failure.",
                    preview=True,
                ),
                text(
                    "The Curse of Knowing",
                    8,
                    "Once you know where the button is you can't *not* see it. Therefore your own opinion of your own "
                    "screen "
                    "is worth little, and five strangers are worth a lot.",
                ),
                video("A Kitchen Timer, Redesigned", 10, "ux-timer"),
                link("Nielsen's Ten Heuristics", 12, "https://www.nngroup.com/articles/ten-usability-heuristics/"),
            ],
        ),
        DemoModule(
            "Research",
            "Ask, watch, listen.",
            [
                text(
                    "Ask About the Last Time",
                    9,
                    "*Would you use this?* gets a polite yes. *Tell me about the last time you looked for a book here* "
                    "gets "
                    "a story, with the detours that you came for. Then stay silent three seconds longer than is "
                    "comfortable.",
                ),
                text(
                    "From Notes to Patterns",
                    10,
                    "One observation per note, in the person's words. Sort without headings, name the piles at the "
                    "end. If "
                    "you began with the headings, you sorted your expectations.",
                ),
                video("An Interview, Annotated", 14, "ux-interview"),
                link("GOV.UK: User Research Methods", 15, "https://www.gov.uk/service-manual/user-research"),
            ],
        ),
        DemoModule(
            "Structure",
            "Where things live, and what they are called.",
            [
                text(
                    "Card Sorting on a Table",
                    9,
                    "Write 40 contents of the library's site on cards and let six people group them. Where all agree "
                    "you "
                    "have a menu; where none agree you have two words for one thing, or one word for two.",
                ),
                text(
                    "Words Are Interface",
                    8,
                    "*Submit*, *OK* and *Continue* describe the form. *Reserve this book* describes what happens. A "
                    "label "
                    "that says the result saves the confirmation dialogue.",
                ),
                video("Drawing a Sitemap", 9, "ux-sitemap"),
                link("Information Architecture Basics", 10, "https://www.nngroup.com/articles/ia-study-guide/"),
            ],
        ),
        DemoModule(
            "Sketch and Prototype",
            "Think with your hands.",
            [
                text(
                    "Eight Ideas in Eight Minutes",
                    10,
                    "Fold a sheet into eight fields and fill one per minute. The first three are what everybody has; "
                    "six and "
                    "seven get strange; eight is often a mixture that works.",
                ),
                text(
                    "As Rough as Possible",
                    8,
                    "People criticise paper freely and polished screens politely. Choose the roughest form that can "
                    "answer "
                    "your question: layout on paper, wording in a document, timing in code.",
                ),
                video("A Clickable Prototype in an Hour", 16, "ux-prototype"),
                link(
                    "Sketching for Understanding", 10, "https://www.interaction-design.org/literature/topics/sketching"
                ),
            ],
        ),
        DemoModule(
            "Usability Testing",
            "Watch it break.",
            [
                text(
                    "Tasks Without Hints",
                    9,
                    "*Use the reservation function* gives the answer away. *Your neighbour recommended a novel. See "
                    "whether "
                    "you can have it by Friday* does not. Never name what is written on the button.",
                ),
                text(
                    "Severity, Not Opinion",
                    9,
                    "Note for each problem how many met it, whether they got past it, and what it cost them. Fix what "
                    "stops "
                    "people before what annoys them, and what annoys all before what annoys one.",
                ),
                video("Moderating Without Helping", 12, "ux-moderating"),
                text(
                    "Exercise: Test a Ticket Machine",
                    30,
                    "Watch five people buy a ticket at a machine (ask them first). Note every pause over three "
                    "seconds. Sketch "
                    "one change that would remove the longest.",
                ),
                link(
                    "Why Five Users Are Enough",
                    8,
                    "https://www.nngroup.com/articles/why-you-only-need-to-test-with-5-users/",
                ),
            ],
        ),
        DemoModule(
            "Accessibility",
            "Design for the whole range.",
            [
                text(
                    "Put the Mouse Away",
                    10,
                    "Do your main task with the keyboard alone. Can you see where you are? Do you get out of every "
                    "dialogue "
                    "with Escape? Ten minutes find more than most automatic checkers.",
                ),
                text(
                    "Contrast and Colour",
                    8,
                    "Text needs a contrast of 4.5 : 1, large text 3 : 1. And about one man in twelve sees red and "
                    "green "
                    "alike: never let colour be the only difference between *saved* and *failed*.",
                ),
                video("A Page Through a Screen Reader", 11, "ux-screenreader"),
                link("WCAG 2.2 at a Glance", 15, "https://www.w3.org/WAI/standards-guidelines/wcag/glance/"),
            ],
        ),
    ],
)
