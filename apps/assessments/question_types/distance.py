"""How many typos lie between two texts."""

from collections.abc import Sequence
from typing import Final

_FAR: Final = 1 << 30


def typos_between(first: str, second: str, *, most: int) -> int | None:
    """Return the Damerau-Levenshtein distance of two texts; None when it is above `most`.

    Counts insertions, deletions, substitutions and swaps of neighbours, also of neighbours that something was put
    between (the unrestricted distance, a metric). Source: Lowrance and Wagner, "An Extension of the String-to-String
    Correction Problem", J. ACM 22 (1975). Cells farther than `most` from the diagonal cost more than `most` and are
    left out, so the work grows with length times `most`.
    """
    if abs(len(first) - len(second)) > most:
        return None
    if first == second:
        return 0
    # Row and column 0 stand for "before the text"; -1 (the last place of a list) is out of bounds, far away.
    table = [[_FAR] * (len(second) + 2) for _ in range(len(first) + 2)]
    for column in range(min(most, len(second)) + 1):
        table[0][column] = column
    last_row_of: dict[str, int] = {}
    for row, letter in enumerate(first, start=1):
        _fill(table, row, letter, second, last_row_of, most)
        last_row_of[letter] = row
    distance = table[len(first)][len(second)]
    return distance if distance <= most else None


def _fill(
    table: Sequence[list[int]], row: int, letter: str, second: str, last_row_of: dict[str, int], most: int
) -> None:
    if row <= most:
        table[row][0] = row
    last_match = 0
    for column in range(max(1, row - most), min(len(second), row + most) + 1):
        other = second[column - 1]
        above, left = last_row_of.get(other, 0), last_match
        swapped = _FAR
        if above and left:
            swapped = table[above - 1][left - 1] + (row - above - 1) + 1 + (column - left - 1)
        table[row][column] = min(
            table[row - 1][column - 1] + (letter != other),
            table[row - 1][column] + 1,
            table[row][column - 1] + 1,
            swapped,
        )
        if letter == other:
            last_match = column
