"""`vn_fold` and `vn_sort_key` in PostgreSQL give what `vnid.text` gives."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06.core.text import SQL_FUNCTIONS
from vnid.text import fold, sort_key

Connection = psycopg.Connection[tuple[Any, ...]]

vietnamese = st.text(
    alphabet="aàảãáạăằẳẵắặâầẩẫấậđeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
    "BCDĐGHKLMNPQRSTVXY –-./&()0123456789\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u00a0\u200b"
)
# The domain of agreement: no NUL, no surrogate, and assigned in Unicode 14. A later Python knows more than
# the oldest PostgreSQL does; the few characters added to the plane since are left out by name.
LATER = {
    0x0897,
    0x0CF3,
    0x0ECE,
    *range(0x1B4E, 0x1B50),
    0x1B7F,
    *range(0x1C89, 0x1C8B),
    *range(0x2427, 0x242A),
}
LATER |= {
    *range(0x2FFC, 0x3000),
    *range(0x31E4, 0x31E6),
    0x31EF,
    *range(0xA7CB, 0xA7CE),
    *range(0xA7DA, 0xA7DD),
}
IN_DOMAIN = [
    chr(c) for c in range(1, 0x10000) if c not in LATER and unicodedata.category(chr(c)) not in ("Cs", "Cn")
]
assigned = st.text(st.sampled_from(IN_DOMAIN))


@pytest.fixture(scope="module")
def connection(owner_url: str) -> Iterator[Connection]:
    """A connection whose own temporary schema holds the functions."""
    with psycopg.connect(owner_url) as opened:
        opened.execute("create schema text_twins")
        opened.execute("set local search_path = text_twins")
        opened.execute(SQL_FUNCTIONS.encode())
        yield opened
        opened.rollback()


def twins(connection: Connection, texts: list[str]) -> list[tuple[str, str]]:
    query = "select vn_fold(t), vn_sort_key(t) from unnest(%s::text[]) with ordinality as x(t, n) order by n"
    return [(row[0], row[1]) for row in connection.execute(query, (texts,))]


@settings(deadline=None)
@given(texts=st.lists(vietnamese | assigned, min_size=1, max_size=30))
def test_python_and_sql_agree(connection: Connection, texts: list[str]) -> None:
    assert twins(connection, texts) == [(fold(t), sort_key(t)) for t in texts]


def test_they_agree_on_every_character_of_the_domain(connection: Connection) -> None:
    texts = [f"x{c}y" for c in IN_DOMAIN]
    differing = [
        t for t, pair in zip(texts, twins(connection, texts), strict=True) if pair != (fold(t), sort_key(t))
    ]
    assert differing == []
    assert len(texts) > 60_000


def test_null_gives_null(connection: Connection) -> None:
    assert connection.execute("select vn_fold(null), vn_sort_key(null)").fetchone() == (None, None)


def test_sql_order_is_vietnamese(connection: Connection) -> None:
    names = ["Đông", "Dũng", "Ân", "An", "Ăn", "Ba", "Bà", "Ốc", "Oanh", "Ước", "Út"]
    query = 'select t from unnest(%s::text[]) as x(t) order by vn_sort_key(t) collate "C"'
    assert [row[0] for row in connection.execute(query, (names,))] == [
        *("An", "Ăn", "Ân", "Ba", "Bà", "Dũng", "Đông", "Oanh", "Ốc", "Út", "Ước")
    ]


def test_functions_may_stand_in_generated_columns_and_indexes(connection: Connection) -> None:
    connection.execute(
        "create temp table place (name text, fold text generated always as (text_twins.vn_fold(name)) stored)"
    )
    connection.execute('create index on place (text_twins.vn_sort_key(name) collate "C")')
    connection.execute("insert into place values ('Xã Hoà Bình')")
    assert connection.execute("select fold from place").fetchone() == ("xa hoa binh",)
