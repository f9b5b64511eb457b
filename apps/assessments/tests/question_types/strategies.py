"""Random questions of every type, pairs of them that look alike to learners, and answers to them."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from apps.assessments.question_types.contents import content_id
from apps.assessments.question_types.text_keys import normalised

Data = dict[str, Any]
# Two questions that show a learner the same, with keys of their own.
Twins = tuple[Data, Data]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(alphabet="abcdeé ÅB\u0301", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
FEEDBACK = st.sampled_from(["", "Well done.", "Look again."])


def several(least: int, most: int, by: Callable[[str], str] = content_id) -> st.SearchStrategy[list[str]]:
    """Return lists of texts that differ in what `by` says of them."""
    return st.lists(TEXTS, min_size=least, max_size=most, unique_by=by)


@st.composite
def ids(draw: st.DrawFn, count: int) -> list[str]:
    return draw(st.lists(st.sampled_from("abcdefgh"), min_size=count, max_size=count, unique=True))


@st.composite
def option_keys(draw: st.DrawFn, shown: list[Data], *, weighted: bool = True) -> list[Data]:
    """Return options that are shown so, with a key: one at least is right."""
    sure = draw(st.integers(0, len(shown) - 1))
    options = []
    for index, option in enumerate(shown):
        key: Data = {"is_correct": index == sure or draw(st.booleans()), "feedback": draw(FEEDBACK)}
        if weighted and draw(st.booleans()):
            key["weight"] = draw(st.integers(-100, 100))
        options.append({**option, **key})
    return options


@st.composite
def shown_options(draw: st.DrawFn) -> list[Data]:
    texts = draw(st.lists(TEXTS, min_size=2, max_size=5))
    names = draw(ids(len(texts)))
    return [{"id": name, "text": text} for name, text in zip(names, texts, strict=True)]


@st.composite
def multiple_choice(draw: st.DrawFn, *, weighted: bool = True) -> Twins:
    shown, multiple = draw(shown_options()), draw(st.booleans())
    first, second = (
        {
            "options": draw(option_keys(shown, weighted=weighted)),
            "multiple": multiple,
            "negative_marks": draw(st.booleans()),
        }
        for _ in range(2)
    )
    return first, second


@st.composite
def true_false(draw: st.DrawFn) -> Twins:
    first, second = (
        {
            "correct": draw(st.booleans()),
            "feedback": {"true": draw(FEEDBACK), "false": draw(FEEDBACK)},
            "negative_marks": draw(st.booleans()),
        }
        for _ in range(2)
    )
    return first, second


@st.composite
def text_key(draw: st.DrawFn) -> Data:
    texts = draw(several(1, 4, lambda text: normalised(text, case_sensitive=False)))
    accepted: list[Data] = [{"text": texts[0], "feedback": draw(FEEDBACK)}]
    accepted += [{"text": text, "weight": draw(st.integers(0, 100)), "feedback": draw(FEEDBACK)} for text in texts[1:]]
    lengths = draw(st.lists(st.integers(2, 8), max_size=2, unique=True))
    return {
        "accepted": draw(st.permutations(accepted)),
        "case_sensitive": draw(st.booleans()),
        "typo_tolerance": [{"from_length": n, "distance": draw(st.integers(0, min(n - 1, 5)))} for n in lengths],
    }


@st.composite
def short_answer(draw: st.DrawFn) -> Twins:
    return draw(text_key()), draw(text_key())


@st.composite
def essay(draw: st.DrawFn) -> Twins:
    least = draw(st.none() | st.integers(1, 5))
    most = draw(st.none() | st.integers(least or 1, 9))
    question = {"min_words": least, "max_words": most}
    return question, dict(question)


@st.composite
def fill_in_the_blanks(draw: st.DrawFn) -> Twins:
    names = draw(ids(draw(st.integers(1, 3))))
    text = " and ".join(f"{{{{{name}}}}}" for name in names)
    shown = [draw(st.none() | shown_options()) for _ in names]
    twins = []
    for _ in range(2):
        gaps = [
            {"id": name, **(draw(text_key()) if options is None else {"options": draw(option_keys(options))})}
            for name, options in zip(names, shown, strict=True)
        ]
        twins.append({"text": text, "gaps": draw(st.permutations(gaps)), "negative_marks": draw(st.booleans())})
    return twins[0], twins[1]


@st.composite
def matching(draw: st.DrawFn) -> Twins:
    pool = draw(several(2, 5))
    left = draw(st.lists(TEXTS, min_size=1, max_size=4))
    names = draw(ids(len(left)))
    twins = []
    for _ in range(2):
        right = [draw(st.sampled_from(pool)) for _ in left]
        pairs = [
            {"id": name, "left": text, "right": match, "feedback": draw(FEEDBACK)}
            for name, text, match in zip(names, left, right, strict=True)
        ]
        twins.append(
            {
                "pairs": pairs,
                "distractors": draw(st.permutations([text for text in pool if text not in right])),
                "partial_credit": draw(st.booleans()),
                "negative_marks": draw(st.booleans()),
            }
        )
    return twins[0], twins[1]


SCORINGS = ["position", "longest_run", "longest_subsequence", "all_or_nothing"]


@st.composite
def ordering(draw: st.DrawFn) -> Twins:
    items = draw(several(2, 6))
    first, second = (
        {"items": draw(st.permutations(items)), "scoring": draw(st.sampled_from(SCORINGS))} for _ in range(2)
    )
    return first, second


NUMBERS = st.decimals(-1000, 1000, places=3).map(str) | st.integers(-1000, 1000) | st.floats(-1000, 1000)


@st.composite
def numeric(draw: st.DrawFn) -> Twins:
    asks_unit = draw(st.booleans())
    twins = []
    for _ in range(2):
        names = draw(st.lists(st.sampled_from(["m", "cm", "km", "M"]), min_size=1, max_size=3, unique=True))
        units = [{"unit": name, "factor": draw(st.sampled_from(["1", "0.01", "1000"]))} for name in names]
        units[0]["factor"] = "1"
        twins.append(
            {
                "correct": draw(st.decimals(-1000, 1000, places=2).map(str)),
                "absolute_tolerance": draw(st.decimals(0, 10, places=2).map(str)),
                "relative_tolerance_percentage": draw(st.integers(0, 100)),
                "units": units if asks_unit else [],
                "missing_unit_percentage": draw(st.integers(0, 100)),
                "feedback": {"correct": draw(FEEDBACK), "missing_unit": "", "incorrect": draw(FEEDBACK)},
            }
        )
    return twins[0], twins[1]


@st.composite
def code(draw: st.DrawFn) -> Twins:
    names = draw(ids(draw(st.integers(0, 4))))
    inputs = [draw(TEXTS) for _ in names]
    first, second = (
        {
            "language": "python",
            "starter_code": "",
            "cases": [
                {"id": name, "input": text, "expected_output": draw(TEXTS), "feedback": draw(FEEDBACK)}
                for name, text in zip(names, inputs, strict=True)
            ],
        }
        for _ in range(2)
    )
    return first, second


@st.composite
def file_upload(draw: st.DrawFn) -> Twins:
    question = {
        "allowed_types": draw(st.lists(st.sampled_from(["application/pdf", "image/*"]), unique=True)),
        "max_files": draw(st.integers(1, 4)),
        "max_file_mb": draw(st.none() | st.integers(1, 100)),
    }
    return question, dict(question)


TWINS: dict[str, st.SearchStrategy[Twins]] = {
    "multiple_choice": multiple_choice(),
    "true_false": true_false(),
    "short_answer": short_answer(),
    "essay": essay(),
    "fill_in_the_blanks": fill_in_the_blanks(),
    "matching": matching(),
    "ordering": ordering(),
    "numeric": numeric(),
    "code": code(),
    "file_upload": file_upload(),
}


@st.composite
def mutations(draw: st.DrawFn, value: Any) -> Any:
    """Return a valid value with one thing in it replaced, left out or added."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        if draw(st.booleans()):
            return {name: entry for name, entry in value.items() if name != key}
        return {**value, key: draw(mutations(value[key]))}
    if isinstance(value, list) and value and draw(st.booleans()):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], draw(mutations(value[index])), *value[index + draw(st.integers(0, 1)) :]]
    return draw(JSON | HOSTILE)


HOSTILE = st.sampled_from(
    [10**5000, -(10**40), "1e-999999999", "1e999999999", "9" * 5000, "NaN", "-Infinity", float("inf"), "0x1",
     "\uff11\uff12", "\x00", "\ud800", " ", "", True, [], {}, [[]], ["a", "a"], "{{a}}", "a" * 30_000]
)  # fmt: skip
