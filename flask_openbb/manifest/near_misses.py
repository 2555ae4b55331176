"""Which known word was meant: spelling, case and separators of keys, ids, URLs and values.

Imports nothing of the package. Called by :mod:`.wire_fields` and the ``lint`` modules for every suggestion.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_CUTOFF = 0.75


def closest(word: object, known: Iterable[str]) -> str:
    """Find the known word that was probably meant.

    Case and the separators ``_ - . /`` and blanks are ignored first (``sub_category`` is ``subCategory``), then the
    spelling is compared.

    :param word: What was written; anything but a string has no near miss.
    :param known: The words that would have been right.
    :return: One of ``known``, or ``""`` where none is near.
    """
    if not isinstance(word, str) or not word:
        return ""
    by_letters = {_letters(candidate): candidate for candidate in known}
    letters = _letters(word)
    if letters in by_letters:
        return by_letters[letters]
    return by_letters.get(_nearest(letters, by_letters), "")


def _nearest(letters: str, known: Iterable[str]) -> str:
    """Find what :func:`difflib.get_close_matches` puts first.

    What cannot be nearer than the nearest so far is not compared to the end: ids of one backend are long and alike.
    """
    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(letters)
    nearest = (_CUTOFF, "")
    for candidate in known:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= nearest[0] and matcher.quick_ratio() >= nearest[0]:
            nearest = max(nearest, (matcher.ratio(), candidate))
    return nearest[1]


def did_you_mean(word: object, known: Iterable[str], *, otherwise: str = "") -> str:
    """Write the suggestion for a near miss as a sentence.

    :param word: What was written.
    :param known: The words that would have been right.
    :param otherwise: The sentence where no word is near.
    :return: ``Did you mean 'refetchInterval'?`` or ``otherwise``.
    """
    near = closest(word, known)
    return f"Did you mean {near!r}?" if near else otherwise


def _letters(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in "_-./ ")
