"""`vn_fold` and `vn_sort_key`: the SQL twins of `vnid.text`, for generated columns and indexes.

Both are plain SQL over `normalize`, `translate` and `regexp_replace`: they need PostgreSQL ≥ 15 in UTF-8 and
neither ICU nor an extension, and give the same under any locale. Stored keys depend on them, so a change of
the tables in `vnid.text` needs a migration that replaces the functions and rewrites the generated columns.
Order stored sort keys with `COLLATE "C"`.
"""

from __future__ import annotations

from typing import Final

from vnid.text import FOLD_TABLE, INVISIBLE, MARKS, PLACE_TABLE, SEPARATORS, TONE_TABLE


def _literal(text: str) -> str:
    """An SQL string literal in pure ASCII (characters beyond it as \\XXXX)."""
    return "U&'" + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):04x}" for c in text) + "'"


def _translate(expression: str, table: tuple[str, str]) -> str:
    return f"translate({expression}, {_literal(table[0])}, {_literal(table[1])})"


def _erase(expression: str, inside: str, by: str = "") -> str:
    return f"regexp_replace({expression}, '[{inside}]+', '{by}', 'g')"


_SEEN = _translate("$1", (INVISIBLE, ""))
_FOLDED = _translate(_erase(f"normalize({_SEEN}, NFKD)", MARKS), FOLD_TABLE)
_SPACED = f"btrim({_erase(f'normalize({_SEEN}, NFKC)', SEPARATORS, ' ')}, ' ')"

VN_FOLD: Final = f"""
create or replace function vn_fold(text) returns text immutable strict parallel safe language sql as $$
  select btrim({_erase(_FOLDED, SEPARATORS, " ")}, ' ')
$$;
"""
_PLACES = _erase(_translate("t", PLACE_TABLE), MARKS)
_TONES = _erase(_translate("t", TONE_TABLE), MARKS)
VN_SORT_KEY: Final = f"""
create or replace function vn_sort_key(text) returns text immutable strict parallel safe language sql as $$
  select {_PLACES} || U&'\\0001' || {_TONES} from (select {_SPACED} as t) as s
$$;
"""  # noqa: S608  built from constants only

SQL_FUNCTIONS: Final = VN_FOLD + VN_SORT_KEY
"""Creates or replaces both functions; run it in a migration before the first column that uses them."""
SQL_DROP_FUNCTIONS: Final = "drop function if exists vn_fold(text), vn_sort_key(text);"
