"""Classical test theory: how hard questions are, how well they tell people apart, how far scores can be trusted.

Pure functions of numbers; nothing here knows of models. What is not defined for the data at hand (fewer than two
people, no variance) is None, never a number that looks like one.

Sources: Lord & Novick, Statistical Theories of Mental Test Scores, 1968 (LN); Crocker & Algina, Introduction to
Classical and Modern Test Theory, 1986 (CA); Cronbach, Coefficient alpha and the internal structure of tests,
Psychometrika 16, 1951, 297-334; Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28,
1963, 211-218; Ebel & Frisbie, Essentials of Educational Measurement, 5th ed., 1991.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TOO_HARD: Final = 0.1
TOO_EASY: Final = 0.95
MOST_RESPONSES: Final = 50
_A_PAIR: Final = 2


def mean(values: Sequence[float]) -> float | None:
    """Return Σx / n; None for no values."""
    return math.fsum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, of an even number the mean of the two; None for no values."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def variance(values: Sequence[float]) -> float | None:
    """Return the sample variance, Σ(x - mean)² / (n - 1); None for fewer than two values."""
    if len(values) < _A_PAIR:
        return None
    if min(values) == max(values):
        return 0.0  # not what rounding leaves of it
    center = math.fsum(values) / len(values)
    return math.fsum((value - center) ** 2 for value in values) / (len(values) - 1)


def standard_deviation(values: Sequence[float]) -> float | None:
    """Return the square root of the sample variance; None for fewer than two values."""
    squared = variance(values)
    return None if squared is None else math.sqrt(squared)


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Return Pearson's correlation, Σ(x - x̄)(y - ȳ) / √(Σ(x - x̄)² Σ(y - ȳ)²); None where either does not vary.

    With x of two values only (right or wrong, chosen or not) it is the point-biserial correlation (LN).
    """
    if len(xs) < _A_PAIR or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    center_x, center_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    together = math.fsum((x - center_x) * (y - center_y) for x, y in zip(xs, ys, strict=True))
    spread_x = math.fsum((x - center_x) ** 2 for x in xs)
    spread_y = math.fsum((y - center_y) ** 2 for y in ys)
    if not spread_x or not spread_y:
        return None  # differences too small to be squared
    return max(-1.0, min(1.0, together / (math.sqrt(spread_x) * math.sqrt(spread_y))))


def difficulty(points: Sequence[float], most: Sequence[float]) -> float | None:
    """Return the mean fraction of the points that people got: the p-value of CA. High is easy.

    Args:
        points: of each who was asked, blank answers with 0.
        most: what could be got, of each; who was asked for no points does not count.
    """
    return mean([given / best for given, best in zip(points, most, strict=True) if best])


def discrimination(points: Sequence[float], totals: Sequence[float]) -> float | None:
    """Return the corrected item-total correlation: of the points with those of the rest of the paper.

    The item itself is taken out of the total, with which it would correlate by being a part of it (Henrysson 1963).
    """
    return pearson(points, [total - given for given, total in zip(points, totals, strict=True)])


def cronbach_alpha(items: Sequence[Sequence[float]]) -> float | None:
    """Return k / (k - 1) · (1 - Σ var(item) / var(total)) (Cronbach 1951).

    Args:
        items: for each item the points of all people, in the same order: everybody was asked everything.

    Returns:
        None for fewer than two items or people, and where the totals do not vary.
    """
    if len(items) < _A_PAIR:
        return None
    spread = variance([math.fsum(person) for person in zip(*items, strict=True)])
    if not spread:
        return None
    within = math.fsum(variance(item) or 0.0 for item in items)
    return len(items) / (len(items) - 1) * (1 - within / spread)


def standard_error_of_measurement(deviation: float | None, alpha: float | None) -> float | None:
    """Return s · √(1 - alpha), in the unit of the standard deviation (LN, with alpha as the reliability)."""
    return None if deviation is None or alpha is None else deviation * math.sqrt(1 - alpha)


@dataclass(frozen=True, slots=True)
class ResponseStatistics:
    """One way to answer: how many chose it, and how choosing it goes with the rest of the paper.

    `is_right`: True for the key, False for what brings nothing, None for what lies between or is not known.
    """

    response: str
    count: int
    share: float
    is_right: bool | None
    discrimination: float | None


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One question: `asked` people had it on their papers, `answered` of them said something."""

    asked: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    responses: list[ResponseStatistics]
    flags: list[str]


def item_statistics(
    points: Sequence[float],
    most: Sequence[float],
    totals: Sequence[float],
    responses: Sequence[Collection[str]],
    right: Mapping[str, bool | None],
) -> ItemStatistics:
    """Return what is to be said about one question.

    Args:
        points: of each who was asked.
        most: what each could get.
        totals: of each on the whole paper, this question included, in the unit of `points`.
        responses: what each chose; empty for a blank answer.
        right: for each response that is known whether it is right; those that nobody chose are counted too.
    """
    rests = [total - given for given, total in zip(points, totals, strict=True)]
    counts = Counter(dict.fromkeys(right, 0))
    for chosen in responses:
        counts.update(set(chosen))
    ways = [
        ResponseStatistics(
            response=response,
            count=count,
            share=count / len(points),
            is_right=right.get(response),
            discrimination=pearson([float(response in chosen) for chosen in responses], rests),
        )
        for response, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_RESPONSES]
    ]
    hardness, power = difficulty(points, most), pearson(points, rests)
    return ItemStatistics(
        asked=len(points),
        answered=sum(bool(chosen) for chosen in responses),
        difficulty=hardness,
        discrimination=power,
        responses=ways,
        flags=flags_of(hardness, power, ways),
    )


def flags_of(hardness: float | None, power: float | None, responses: Sequence[ResponseStatistics]) -> list[str]:
    """Return what a person should look at: mostly a wrong key (Ebel & Frisbie 1991).

    `wrong_option_beats_key`: those who do well elsewhere choose a wrong option rather than the key.
    `negative_discrimination`: those who do well elsewhere do badly here. `too_hard`, `too_easy`: the mean fraction of
    the points is below 0.1, or above 0.95.
    """
    flags = []
    keys = [way.discrimination or 0.0 for way in responses if way.is_right]
    wrong = [way.discrimination for way in responses if way.is_right is False and way.discrimination is not None]
    if keys and wrong and max(wrong) > max(keys):
        flags.append("wrong_option_beats_key")
    if power is not None and power < 0:
        flags.append("negative_discrimination")
    if hardness is not None and hardness < TOO_HARD:
        flags.append("too_hard")
    if hardness is not None and hardness > TOO_EASY:
        flags.append("too_easy")
    return flags


@dataclass(frozen=True, slots=True)
class ScoreStatistics:
    """The totals of an assessment, in their own unit."""

    n: int
    mean: float | None
    standard_deviation: float | None
    median: float | None
    minimum: float | None
    maximum: float | None
    cronbach_alpha: float | None
    standard_error_of_measurement: float | None


def score_statistics(totals: Sequence[float], items: Sequence[Sequence[float]] | None) -> ScoreStatistics:
    """Return what is to be said about the totals.

    Args:
        totals: one for each person.
        items: as `cronbach_alpha` wants them; None where people were asked different questions.
    """
    deviation = standard_deviation(totals)
    alpha = None if items is None else cronbach_alpha(items)
    return ScoreStatistics(
        n=len(totals),
        mean=mean(totals),
        standard_deviation=deviation,
        median=median(totals),
        minimum=min(totals, default=None),
        maximum=max(totals, default=None),
        cronbach_alpha=alpha,
        standard_error_of_measurement=standard_error_of_measurement(deviation, alpha),
    )
