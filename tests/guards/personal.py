"""What of people stands in a text: the names and numbers of everybody in the demo province."""

from __future__ import annotations

import re
from html import unescape

from dean06.core import vault
from tests.filled import Filled

#: Names of officers and accounts: where they stand in clear. Accounts of citizens are left out: until they
#: tell theirs, all of them bear the same word, which is a word of the interface too.
NAMES = (
    "select full_name from guidance_officer",
    "select full_name from access_user where subject_key is null",
)
# Every number of the demo begins with nobody's code; pages may write it in groups.
# Not inside a word: the digest that names a session may hold such digits by chance.
_NUMBER = re.compile(r"(?<![\w-])000(?:[\s.]?\d){9}(?!\w)")


def _sealed(province: Filled) -> list[str]:
    """The names of people, which stand encrypted with the province's own keys."""
    rows = province.rows("select key, name_cipher from people_person")
    assert rows
    return [vault.decrypt(bytes(cipher), context=f"people_person.name_cipher:{key}") for key, cipher in rows]  # type: ignore[call-overload]


class People:
    """The names of a province, for looking them up in texts."""

    def __init__(self, province: Filled) -> None:
        found: set[str] = set()
        for query in NAMES:
            found |= {str(name) for (name,) in province.rows(query)}
        found |= set(_sealed(province))
        self.names = frozenset(found)
        ordered = sorted((re.escape(name) for name in found), key=len, reverse=True)
        self._any = re.compile("|".join(ordered))

    def shown(self, text: str, *, own: str = "") -> set[str]:
        """The names and numbers in a text, but for the reader's own name."""
        plain = unescape(text)
        numbers = {re.sub(r"\D", "", found) for found in _NUMBER.findall(plain)}
        return {*self._any.findall(plain), *numbers} - {own}
