"""Whether each word and sign of a rewritten statement is allowed: what the database will see, word by word.

Owns :func:`check_words`. It reads the text that was written from the judged tree, where every name of the user's is
quoted, so that a bare word can only be a keyword, a type or a function. Imports :mod:`.sql_functions`, sqlglot and the
package's errors; called by :mod:`.statement`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType

from ..errors import RowRequestError
from .sql_functions import OPENING, functions_of, words_of

PLACE = "query"

SIGNS = frozenset("()[]{},.:+-*/%^=<>~&|") | {
    *("::", "//", "**", "==", "<>", "!=", "<=", ">=", "<=>", "||", "<<", ">>", "->", "->>"),
    *("!~", "~*", "!~*", "~~", "~~*", "!~~", "!~~*"),
}
"""Operators and punctuation; no ``;``, no ``@``, no ``?``, no ``$``."""


OWN_SIGNS: Mapping[str, frozenset[str]] = {"postgresql": frozenset({"#>", "#>>", "@>", "<@"})}
"""Those of JSON and lists, which elsewhere begin a comment or a variable."""


def check_words(text: str, dialect: str, parser: Dialect) -> None:
    """Refuse a statement with a word or sign that is not allowed.

    :param text: The statement, written from its tree with every name quoted.
    :param dialect: The key of :data:`.sql_functions.FUNCTIONS`.
    :raises RowRequestError: At the first one.
    """
    words, functions = words_of(dialect), functions_of(dialect)
    tokens = parser.tokenize(text)
    for index, token in enumerate(tokens):
        if token.token_type in {TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER}:
            continue
        if token.token_type.name.endswith("STRING"):
            raise RowRequestError(PLACE, "texts are written in plain single quotes here.")
        if not _is_word(token.text):
            if token.text not in SIGNS | OWN_SIGNS.get(dialect, frozenset()):
                raise RowRequestError(PLACE, f"{token.text[:40]!r} cannot be used here.")
            continue
        *keywords, last = token.text.upper().split()
        called = index + 1 < len(tokens) and tokens[index + 1].token_type is TokenType.L_PAREN
        if called and (last not in OPENING or last in functions) and not _is_type(tokens, index, last, words):
            if last not in functions or (index and tokens[index - 1].token_type is TokenType.DOT):
                raise RowRequestError(PLACE, _no_function(last, functions))
        elif last not in words or tokens[index - 1].token_type is TokenType.DOT:
            raise RowRequestError(PLACE, f"{last[:40]} cannot be used here: one SELECT that reads tables is what runs.")
        if any(word not in words for word in keywords):
            raise RowRequestError(PLACE, f"{token.text[:40].upper()} cannot be used here.")


def _is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] == "_"


def _is_type(tokens: Sequence[Token], index: int, word: str, words: frozenset[str]) -> bool:
    """Whether a word before a parenthesis is a type with a length: ``CAST(x AS DECIMAL(18, 2))``."""
    before = tokens[index - 1].text.upper() if index else ""
    return before in {"AS", "::"} and word in words


def _no_function(name: str, functions: frozenset[str]) -> str:
    close = get_close_matches(name[:60], functions, n=3, cutoff=0.6)
    hint = (
        f" Did you mean {' or '.join(sorted(close))}?"
        if close
        else " It may reach beyond the tables, or take too much."
    )
    return f"the function {name[:60]} is not among those that may be used.{hint}"
