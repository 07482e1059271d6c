"""Every range of lines exists in the source text and contains what is claimed of it."""

from __future__ import annotations

from collections.abc import Iterator

from dean06.plan.check.text import (
    SourceText,
    contains_day,
    contains_month,
    contains_percent,
    contains_quote,
    flatten,
    source_defects,
)
from dean06.plan.schema.document import LegalBasis, PlanSpec
from dean06.plan.schema.item import ItemSpec
from dean06.plan.schema.located import Located
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource


def read_text(source: PlanSource) -> tuple[SourceText | None, list[Problem]]:
    """The text that plan.yaml names, checked against its hash."""
    if source.plan is None:
        return None, []
    declared = source.plan.value.source
    path = source.folder / declared.file
    if not path.resolve().is_relative_to(source.folder.resolve()):
        return None, [source.plan.problem("tệp nguồn nằm ngoài thư mục kế hoạch", "source", "file")]
    try:
        data = path.read_bytes()
    except OSError:
        message = f"không đọc được tệp nguồn '{declared.file}'"
        return None, [source.plan.problem(message, "source", "file")]
    text, defect = source_defects(declared, data)
    return text, [source.plan.problem(defect, "source", "sha256")] if defect else []


def check_citations(source: PlanSource, text: SourceText) -> list[Problem]:
    """Check every `lines` of the plan against its text."""
    problems: list[Problem] = []
    if source.plan is not None:
        problems += _document(source.plan, text)
    for item in source.items:
        problems += _item(item, text)
    for entry in (*source.groups, *source.pilots, *source.registrations):
        lines = entry.value.lines  # type: ignore[attr-defined]
        if lines is not None and (defect := _range_defect(lines, text)):
            problems.append(entry.problem(defect, "lines"))
    return problems


def _range_defect(lines: tuple[int, int], text: SourceText) -> str:
    if text.has(*lines):
        return ""
    return f"dòng {lines[0]}–{lines[1]} nằm ngoài văn bản nguồn ({len(text.lines)} dòng)"


def _item(item: Located[ItemSpec], text: SourceText) -> Iterator[Problem]:
    spec = item.value
    if defect := _range_defect(spec.lines, text):
        yield item.problem(f"{spec.id}: {defect}", "lines")
        return
    cited, where = text.between(*spec.lines), f"dòng {spec.lines[0]}–{spec.lines[1]}"
    if not contains_quote(cited, spec.quote):
        yield item.problem(f"{spec.id}: trích dẫn không có nguyên văn trong {where}", "quote")
    if spec.goal is not None and not contains_percent(cited, spec.goal):
        goal = f"{spec.goal.normalize():f}"
        yield item.problem(f"{spec.id}: {where} không chứa con số {goal}%", "goal")
    dated = (
        spec.deadline is None or contains_day(cited, spec.deadline) or contains_month(cited, spec.deadline)
    )
    if spec.deadline is not None and not dated:
        message = f"{spec.id}: {where} không nêu thời hạn {spec.deadline:%m/%Y}"
        yield item.problem(message, "deadline")


def _document(plan: Located[PlanSpec], text: SourceText) -> Iterator[Problem]:
    spec = plan.value
    for name in ("legal_bases", "references"):
        for number, basis in enumerate(getattr(spec, name)):
            yield from _basis(plan, basis, (name, number), text)
    for path, lines in _plain_ranges(spec):
        if lines is not None and (defect := _range_defect(lines, text)):
            yield plan.problem(defect, *path)
    for number, correction in enumerate(spec.corrections):
        defect = _range_defect(correction.lines, text)
        if not defect and flatten(correction.written) not in text.between(*correction.lines):
            defect = f"dòng {correction.lines[0]}–{correction.lines[1]} không có chữ '{correction.written}'"
        if defect:
            yield plan.problem(defect, "corrections", number)


def _plain_ranges(spec: PlanSpec) -> Iterator[tuple[tuple[str | int, ...], tuple[int, int] | None]]:
    """Ranges of which nothing is claimed but that they exist."""
    yield ("title_lines",), spec.title_lines
    yield ("issued_lines",), spec.issued_lines
    yield ("issuer_lines",), spec.issuer_lines
    yield ("signer", "lines"), spec.signer.lines
    for number, recipient in enumerate(spec.recipients):
        yield ("recipients", number, "lines"), recipient.lines
    for number, purpose in enumerate(spec.purposes):
        yield ("purposes", number, "lines"), purpose.lines


def _basis(
    plan: Located[PlanSpec], basis: LegalBasis, base: tuple[str, int], text: SourceText
) -> Iterator[Problem]:
    if defect := _range_defect(basis.lines, text):
        yield plan.problem(defect, *base, "lines")
        return
    cited, where = text.between(*basis.lines), f"dòng {basis.lines[0]}–{basis.lines[1]}"
    if basis.number is not None and basis.number not in cited:
        yield plan.problem(f"{where} không có số hiệu '{basis.number}'", *base, "number")
    if basis.date is not None and not contains_day(cited, basis.date):
        yield plan.problem(f"{where} không có ngày {basis.date:%d/%m/%Y}", *base, "date")
