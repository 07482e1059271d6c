"""How each item is known: indicators, readings, items that are the same as others, dated rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from dean06.plan.schema.item import Ambiguity, ItemSpec
from dean06.plan.schema.located import Located
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource


def check_measures(source: PlanSource, known_indicators: Set[str]) -> list[Problem]:
    """Counted items have known indicators, others say why not; readings and twins agree."""
    items = {item.value.id: item for item in source.items}
    problems: list[Problem] = []
    for item in source.items:
        name = item.value.id
        found = [*_known(item, known_indicators), *_readings(item), *_same(item, items, source)]
        problems += [Problem(p.file, p.line, f"{name}: {p.message}") for p in found]
    return problems


def _known(item: Located[ItemSpec], known: Set[str]) -> Iterator[Problem]:
    spec = item.value
    if spec.known_by != "counted" and spec.known_by_reason_vi is None:
        yield item.problem("không đếm được thì phải nêu lý do (known_by_reason_vi)", "known_by")
    if spec.known_by in ("not_measurable", "none"):
        yield from _unmeasured(item)
    elif not spec.planned:
        if spec.known_by == "counted" and not spec.indicators:
            yield item.problem("mục được đếm phải có chỉ số hoặc planned: true", "known_by")
        for number, link in enumerate(spec.indicators):
            if link.code not in known:
                message = f"chỉ số '{link.code}' chưa được khai báo trong phần mềm"
                yield item.problem(message, "indicators", number, "code")


def _unmeasured(item: Located[ItemSpec]) -> Iterator[Problem]:
    if item.value.planned:
        yield item.problem("mục không đo thì không thể planned: true", "planned")
    if item.value.indicators:
        yield item.problem("mục không đo thì không gắn chỉ số", "indicators")


def _readings(item: Located[ItemSpec]) -> Iterator[Problem]:
    spec = item.value
    pairs = [(link.code, link.reading) for link in spec.indicators]
    if len(set(pairs)) != len(pairs):
        yield item.problem("một chỉ số được nêu hai lần cho cùng một cách đọc", "indicators")
    if spec.ambiguity is not None:
        yield from _ambiguous(item, spec.ambiguity)
        return
    for number, link in enumerate(spec.indicators):
        if link.reading != "single" or not link.chosen:
            message = "không có ambiguity thì chỉ số phải ghi reading: single, chosen: true"
            yield item.problem(message, "indicators", number)


def _ambiguous(item: Located[ItemSpec], ambiguity: Ambiguity) -> Iterator[Problem]:
    links = {(link.code, link.reading) for link in item.value.indicators}
    ids = {reading.id for reading in ambiguity.readings}
    for number, link in enumerate(item.value.indicators):
        if link.reading not in ids:
            message = f"cách đọc '{link.reading}' không có trong ambiguity.readings"
            yield item.problem(message, "indicators", number, "reading")
        elif link.chosen != (link.reading == ambiguity.chosen):
            message = f"chosen của cách đọc '{link.reading}' trái với ambiguity.chosen"
            yield item.problem(message, "indicators", number, "chosen")
    for number, reading in enumerate(ambiguity.readings):
        if reading.indicator is not None and (reading.indicator, reading.id) not in links:
            message = f"chỉ số '{reading.indicator}' của cách đọc '{reading.id}' không có trong indicators"
            yield item.problem(message, "ambiguity", "readings", number, "indicator")


def _same(
    item: Located[ItemSpec], items: Mapping[str, Located[ItemSpec]], source: PlanSource
) -> Iterator[Problem]:
    spec = item.value
    if spec.same_as is None or (spec.same_as in source.unread_ids and spec.same_as not in items):
        return
    twin = items.get(spec.same_as)
    if twin is None or twin is item:
        yield item.problem(f"same_as trỏ tới '{spec.same_as}', không phải một mục khác", "same_as")
    elif twin.value.same_as is not None:
        yield item.problem(f"same_as phải trỏ tới mục gốc, không phải '{spec.same_as}'", "same_as")
    elif twin.value.indicator_codes != spec.indicator_codes:
        yield item.problem(f"same_as '{spec.same_as}' nhưng không dùng chung chỉ số", "same_as")


def check_rules(source: PlanSource) -> list[Problem]:
    """No two rules of one code hold on the same day."""
    problems: list[Problem] = []
    for number, later in enumerate(source.rules):
        for earlier in source.rules[:number]:
            one, two = earlier.value, later.value
            starts_before = one.valid_to is None or two.valid_from < one.valid_to
            ends_after = two.valid_to is None or one.valid_from < two.valid_to
            if one.code == two.code and starts_before and ends_after:
                message = f"quy tắc '{two.code}' chồng thời gian với dòng {earlier.line()}"
                problems.append(later.problem(message, "valid_from"))
    return problems
