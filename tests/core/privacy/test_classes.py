"""Every column of the database has a class, and the document says the same; the guard can fail."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from dean06.core.privacy import classes

DOCUMENT = Path(__file__).parents[3] / "docs" / "data-classes.md"
_COLUMNS = (
    "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t"
    " using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
)


def test_every_column_of_the_database_has_a_class(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        actual = {(str(table), str(column)) for table, column in connection.execute(_COLUMNS)}
    assert ("people_person", "number_cipher") in actual
    assert classes.faults(actual, classes.columns()) == []


def test_every_column_of_every_model_has_a_class() -> None:
    missing = classes.model_columns() - classes.columns().keys()
    assert sorted(missing) == []


def test_the_guard_can_fail() -> None:
    assert classes.faults({("t", "new")}, {("t", "old"): "none"}) == [
        "t.new: has no class",
        "t.old: is no column",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[tables.t]\nharmless = ["a"]', "no class is called harmless"),
        ('[tables.t]\nnone = ["a"]\nbasic = ["a"]', "two classes"),
    ],
)
def test_a_wrong_classification_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "data_classes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        classes.columns([tmp_path / "data_classes.toml"])


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == classes.render(), "run tools/data_classes"


def test_what_identifies_people_is_classed_as_personal() -> None:
    known = classes.columns()
    for column in (
        "name_cipher",
        "name_index",
        "birth_cipher",
        "number_cipher",
        "number_index",
        "usage_key",
    ):
        assert known["people_person", column] in classes.PERSONAL
    assert known["guidance_officer", "full_name"] in classes.PERSONAL
    assert known["access_user", "password"] == "secret"


def test_every_personal_class_cites_the_law() -> None:
    silent = [
        one.key for one in classes.data_classes() if one.key in classes.PERSONAL and "Luật" not in one.law
    ]
    assert silent == []
