"""Unified social credit codes (GB 32100-2015): whether a text is one, and which one was evidently meant.

Hides the check digit. python-stdnum is the authority on it; what it does not know is that agricultural and other
bodies have letters in front (N1, Y1 …). Published data is full of wrong codes, some of them officially issued, so the
answer is a reason for a warning, never a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from gdbos_desktop.schema.values import clean_code

LENGTH = 18
ORGANISATION = slice(8, 17)
"""Where the organisation code (GB 11714) stands inside."""

_LETTER_BODIES = "ANY"  # registering bodies whose mark is a letter, which python-stdnum refuses
_MISTYPED = str.maketrans({"O": "0", "I": "1"})  # letters the alphabet leaves out because they look like digits


class CodeFault(StrEnum):
    """Why a text is not a valid code."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"


def check_credit_code(text: str) -> CodeFault | None:
    """Why ``text``, exactly as it stands, is not a valid credit code; None when it is one."""
    if len(text) != LENGTH:
        return CodeFault.LENGTH
    if text != uscc.compact(text):
        return CodeFault.CHARACTERS
    if text[0] in _LETTER_BODIES:
        return _check_letter_body(text)
    try:
        uscc.validate(text)
    except InvalidLength:
        return CodeFault.LENGTH
    except InvalidFormat:
        return CodeFault.CHARACTERS
    except InvalidChecksum:
        return CodeFault.CHECK_DIGIT
    except ValidationError:
        return CodeFault.CHARACTERS
    return None


def suggest_credit_code(text: str, known: Iterable[str] = ()) -> str | None:
    """The valid code that was evidently meant, None when nothing is evident or the text is valid already.

    Evident are: width, case, blanks and dashes; O for 0 and I for 1; an organisation code of nine characters that
    stands inside exactly one of the valid codes ``known`` for the same body. Nothing else is guessed.
    """
    if check_credit_code(text) is None:
        return None
    code = uscc.compact(clean_code(text))
    for candidate in (code, code.translate(_MISTYPED)):
        if check_credit_code(candidate) is None:
            return candidate
    if len(code) == ORGANISATION.stop - ORGANISATION.start:
        around = {other for other in known if other[ORGANISATION] == code and check_credit_code(other) is None}
        if len(around) == 1:
            return around.pop()
    return None


def with_check_digit(code: str) -> str:
    """The 17 characters completed by their check digit."""
    return code + str(uscc.calc_check_digit(code))


def _check_letter_body(text: str) -> CodeFault | None:
    if not (text[1:8].isascii() and text[1:8].isdigit()):
        return CodeFault.CHARACTERS
    try:
        digit = uscc.calc_check_digit(text[:-1])
    except ValueError:  # a character outside the alphabet
        return CodeFault.CHARACTERS
    return None if digit == text[-1] else CodeFault.CHECK_DIGIT
