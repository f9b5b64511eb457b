"""Python Programming: 7 modules."""

from typing import Final

from apps.courses.demo_content.base import DemoCourse, DemoModule, link, text, video

PYTHON_PROGRAMMING: Final = DemoCourse(
    title="Python Programming",
    slug="python-programming",
    description="From the first script to a small, tested program: values, control flow, functions, data structures, "
    "files, classes and tests. No experience is needed; bring a laptop and an hour a day.",
    category="programming",
    difficulty_level="beginner",
    tags=["python", "programming", "beginners"],
    objectives=[
        "Write, run and debug scripts on your own machine",
        "Choose between lists, dictionaries and sets for a task",
        "Split a program into functions and classes that can be tested",
    ],
    modules=[
        DemoModule(
            "First Steps",
            "Install Python, run a script, read an error message.",
            [
                text(
                    "What Python Is Good At",
                    8,
                    "Python trades some speed of the machine for speed of the programmer. It is the common language of "
                    "data work, automation, teaching and web back ends, because the code reads close to what you mean.",
                    "It is a poor choice where every microsecond or every kilobyte counts: device drivers, game "
                    "engines. "
                    "Even there it often *drives* fast libraries that were written in C or Rust.",
                    preview=True,
                ),
                video("Installing Python and an Editor", 11, "python-install"),
                text(
                    "Running Your First Script",
                    10,
                    "Save this as `hello.py` and run `python hello.py` in a terminal:",
                    '```python\nname = input("Who are you? ")\nprint(f"Hello, {name}!")\n```',
                    "`input` always gives text. If you want to calculate with the answer, convert it with `int(...)`, "
                    "and expect that people will type `twelve` instead of `12`.",
                ),
                link("The Official Tutorial", 15, "https://docs.python.org/3/tutorial/index.html"),
            ],
        ),
        DemoModule(
            "Values and Variables",
            "Numbers, text, truth, and the names that you give them.",
            [
                text(
                    "Names Are Labels, Not Boxes",
                    9,
                    "`b = a` does not copy anything: both names now label the *same* object. For numbers and text you "
                    "will never notice, since these cannot change. For lists you will.",
                    "```python\na = [1, 2]\nb = a\nb.append(3)\nprint(a)  # [1, 2, 3]\n```",
                ),
                text(
                    "Numbers That Surprise",
                    9,
                    "`0.1 + 0.2` is `0.30000000000000004`. Binary fractions cannot hold a tenth, just as decimal "
                    "fractions cannot hold a third. Compare floats with `math.isclose`, and count money in whole "
                    "cents.",
                ),
                video("Formatting Text with f-Strings", 9, "python-fstrings"),
                link("PEP 8: Naming Conventions", 8, "https://peps.python.org/pep-0008/#naming-conventions"),
            ],
        ),
        DemoModule(
            "Control Flow",
            "Deciding and repeating.",
            [
                text(
                    "Truthiness",
                    7,
                    "Empty things are false: `0`, `''`, `[]`, `{}`, `None`. So `if items:` asks whether there are any. "
                    "Write `if value is None:` when zero is a valid answer, or you will treat a score of 0 as missing.",
                ),
                text(
                    "Loops Without Counters",
                    10,
                    "Loop over the things themselves, not over their positions. Need the position too? `enumerate`. "
                    "Two "
                    "lists side by side? `zip`, with `strict=True` so that a missing row is an error instead of a "
                    "silent cut.",
                    "```python\nfor place, runner in enumerate(finishers, start=1):\n    print(place, runner)\n```",
                ),
                video("Tracing a Loop in the Debugger", 12, "python-debugger"),
                text(
                    "Exercise: Number Guessing",
                    20,
                    "Let the computer pick a number from 1 to 100 and tell the player *higher* or *lower*. Count the "
                    "guesses. A player who halves the range each time needs at most **7**: check that your game "
                    "agrees.",
                ),
            ],
        ),
        DemoModule(
            "Functions",
            "Give a piece of work a name, inputs and a result.",
            [
                text(
                    "Return, Don't Print",
                    9,
                    "A function that prints can only be looked at. A function that returns can be tested, reused and "
                    "combined. Keep `print` at the edge of the program, where it talks to a person.",
                ),
                text(
                    "The Mutable Default Trap",
                    8,
                    "Default values are made **once**, when `def` runs. With `def add(item, basket=[])` every caller "
                    "without a basket shares one. Use `None` as the default and make the list inside of the function.",
                ),
                video("Scopes: Who Can See Which Name", 10, "python-scopes"),
                link(
                    "More on Defining Functions",
                    12,
                    "https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
                ),
            ],
        ),
        DemoModule(
            "Collections",
            "Lists, tuples, dictionaries, sets.",
            [
                text(
                    "Choosing a Collection",
                    11,
                    "| You need | Take |\n|---|---|\n| an order, and changes | list |\n| a fixed record | tuple |\n"
                    "| to find by key | dict |\n| to know *whether* it is there | set |",
                    "Looking for a value in a list of a million takes a million steps; in a set it takes one.",
                ),
                text(
                    "Counting with a Dictionary",
                    10,
                    "`counts[word] = counts.get(word, 0) + 1` is the classic. `collections.Counter` does the same and "
                    "knows `most_common(10)`. Try it on the text of a favourite book: the top words are always dull "
                    "ones.",
                ),
                video("Comprehensions, Read Aloud", 9, "python-comprehensions"),
                link("Time Complexity of Operations", 6, "https://wiki.python.org/moin/TimeComplexity"),
            ],
        ),
        DemoModule(
            "Files and Errors",
            "Read, write, and fail in a way that helps.",
            [
                text(
                    "with: Files That Close Themselves",
                    8,
                    "`with open(path, encoding='utf-8') as file:` closes the file even when the block fails. Always "
                    "name "
                    "the encoding: without it the same script reads *naïve* on one machine and *naÃ¯ve* on another.",
                ),
                text(
                    "Catch What You Can Handle",
                    10,
                    "`except Exception: pass` hides the typo in your own code together with the missing file. Catch "
                    "the "
                    "narrowest error, do something about it, and let the rest travel up to where somebody can.",
                ),
                video("Reading a CSV Export", 13, "python-csv"),
                text(
                    "Exercise: Expense Report",
                    25,
                    "Read `expenses.csv` (date, category, amount), and print the total per category in descending "
                    "order. "
                    "Report bad rows with their line number and go on: one typo in row 7 must not cost the other 300.",
                ),
            ],
        ),
        DemoModule(
            "Classes and Tests",
            "Model a thing, and prove that it works.",
            [
                text(
                    "When a Class Pays Off",
                    10,
                    "If three functions pass the same four values around, these values want to be an object. Start "
                    "with "
                    "`@dataclass`: it writes the constructor, the comparison and a readable `repr` for you.",
                ),
                text(
                    "Arrange, Act, Assert",
                    11,
                    "A test has three parts: set up, do **one** thing, check. Its name says what should be true: "
                    "`test_withdrawing_more_than_the_balance_is_refused`. When it fails next year, that name is the "
                    "report.",
                ),
                video("pytest in Ten Minutes", 10, "python-pytest"),
                link("Dataclasses in the Library Reference", 10, "https://docs.python.org/3/library/dataclasses.html"),
            ],
        ),
    ],
)
