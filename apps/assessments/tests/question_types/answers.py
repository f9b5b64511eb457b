"""Random answers that fit what a learner sees of a question, and its right ones."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from apps.assessments.question_types.contents import content_id
from apps.assessments.tests.question_types.strategies import NUMBERS, TEXTS, Data


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True)


def _filled(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries({}, optional=fields)


def answers_to(name: str, view: Data, data: Data) -> st.SearchStrategy[Data]:
    """Return answers that a learner could give: any, and often those that the key knows of."""
    return _FORMS[name](view, data)


def _multiple_choice(view: Data, data: Data) -> st.SearchStrategy[Data]:
    offered = [option["id"] for option in view["options"]]
    if view["multiple"]:
        return st.fixed_dictionaries({"selected_option_ids": _some(offered)})
    return st.fixed_dictionaries({"selected_option_id": st.none() | st.sampled_from(offered)})


def _text(data: Data) -> st.SearchStrategy[str]:
    return TEXTS | st.sampled_from([variant["text"] for variant in data["accepted"]]) | st.just("")


def _gap(gap: Data) -> st.SearchStrategy[Any]:
    if "options" in gap:
        return st.none() | st.sampled_from([option["id"] for option in gap["options"]])
    return _text(gap)


def _matching(view: Data, data: Data) -> st.SearchStrategy[Data]:
    right = st.none() | st.sampled_from([entry["id"] for entry in view["right"]])
    return st.fixed_dictionaries({"pairs": _filled({entry["id"]: right for entry in view["left"]})})


def _numeric(view: Data, data: Data) -> st.SearchStrategy[Data]:
    value = st.none() | NUMBERS | st.just(data["correct"])
    units = st.sampled_from(["m", "cm", " k m", "M", "?"])
    answer = st.fixed_dictionaries({"value": value}, optional={"unit": units} if view["asks_unit"] else {})
    return answer.filter(lambda given: given["value"] is not None or "unit" not in given)


def _code(view: Data, data: Data) -> st.SearchStrategy[Data]:
    outputs = {case["id"]: TEXTS | st.just(case["expected_output"]) for case in data["cases"]}
    fields: dict[str, st.SearchStrategy[Any]] = {"code": st.sampled_from(["", "print(6)"])}
    return _filled(fields | ({"outputs": _filled(outputs)} if outputs else {}))


def _true_false(view: Data, data: Data) -> st.SearchStrategy[Data]:
    return _filled({"value": st.none() | st.booleans()})


def _short_answer(view: Data, data: Data) -> st.SearchStrategy[Data]:
    return _filled({"text": _text(data)})


def _essay(view: Data, data: Data) -> st.SearchStrategy[Data]:
    return _filled({"text": st.sampled_from(["", "word", " "])})


def _fill_in_the_blanks(view: Data, data: Data) -> st.SearchStrategy[Data]:
    return _filled({"gaps": _filled({gap["id"]: _gap(gap) for gap in data["gaps"]})})


def _ordering(view: Data, data: Data) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries({"order": _some([item["id"] for item in view["items"]])})


def _file_upload(view: Data, data: Data) -> st.SearchStrategy[Data]:
    files = st.lists(st.uuids().map(str), max_size=view["max_files"], unique=True)
    return st.fixed_dictionaries({"files": files})


_FORMS: dict[str, Callable[[Data, Data], st.SearchStrategy[Data]]] = {
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "essay": _essay,
    "fill_in_the_blanks": _fill_in_the_blanks,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "code": _code,
    "file_upload": _file_upload,
}


def full_answer(name: str, data: Data) -> Data | None:
    """Return an answer that the key calls entirely right; None where a person grades, or the weights may forbid it."""
    find = _RIGHT.get(name)
    return find(data) if find else None


def full_text(key: Data) -> str:
    """Return a variant that is worth everything."""
    return next(str(variant["text"]) for variant in key["accepted"] if "weight" not in variant)


def _right_number(data: Data) -> Data:
    unit = next((unit["unit"] for unit in data["units"] if unit["factor"] == "1"), None)
    return {"value": data["correct"], **({"unit": unit} if unit else {})}


def _right_outputs(data: Data) -> Data | None:
    outputs = {case["id"]: case["expected_output"] for case in data["cases"]}
    return {"code": "", "outputs": outputs} if outputs else None


_RIGHT: dict[str, Callable[[Data], Data | None]] = {
    "true_false": lambda data: {"value": data["correct"]},
    "short_answer": lambda data: {"text": full_text(data)},
    "matching": lambda data: {"pairs": {pair["id"]: content_id(pair["right"]) for pair in data["pairs"]}},
    "ordering": lambda data: {"order": [content_id(text) for text in data["items"]]},
    "numeric": _right_number,
    "code": _right_outputs,
}
