"""Papers to sign: opened again as a reader would, they hold what was written, and say what is unverified."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document

from dean06.core import clock
from dean06.core.people import reading
from dean06.core.privacy import answer, breaches, documents, requests
from tests.core.people.conftest import CANARY, NAME, register
from tests.core.privacy.test_breaches import opened, sent
from tests.pilots.guidance.world import World

HANDED = "Đã đối chiếu giấy tờ, trao tận tay tại bộ phận một cửa"


def words_of(content: bytes) -> str:
    """All text of a paper, tables too."""
    paper = Document(BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


def test_the_notification_holds_every_field_and_says_that_the_form_is_unverified(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world)
    breach = breaches.fill_form(
        actor=officer, key=breach.key, version=1, answers={"measures": "Đã thu hồi thư", "data": "Họ tên"}
    )
    breach = sent(world, breach, 2, "notify")
    text = words_of(documents.notification(breaches.document(breach)))
    assert "Mẫu 08 (NĐ 356/2025/NĐ-CP) – mẫu chưa đối chiếu" in text
    assert [field.label for field in breaches.form_fields() if field.label not in text] == []
    assert "Biện pháp đã thực hiện để giải quyết, giảm thiểu tác hại: Đã thu hồi thư" in text
    assert "Gửi nhầm danh sách (Cả hai)" in text
    assert "hạn 2023-12-12T15:30+07:00; đã gửi" in text
    assert "hạn 2023-12-10T15:30+07:00; chưa gửi" in text
    assert "MÔ PHỎNG" in text, "a demo's paper says so"
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert world.commune.name.upper() in text


def test_a_form_that_was_compared_bears_no_mark(world: World) -> None:
    made = breaches.document(opened(world))
    for field in made["fields"]:
        field["verified"] = True
    assert "chưa đối chiếu" not in words_of(documents.notification(made))


def test_the_minutes_take_over_what_the_notification_says(world: World) -> None:
    officer, breach = world.actor("officer"), opened(world)
    breach = breaches.fill_form(
        actor=officer, key=breach.key, version=1, answers={"happened": "Thư gửi sai địa chỉ lúc 15 giờ"}
    )
    text = words_of(documents.minutes(breaches.document(breach)))
    assert "BIÊN BẢN" in text
    assert "mẫu chưa đối chiếu" in text
    assert "Diễn biến vụ việc: Thư gửi sai địa chỉ lúc 15 giờ" in text
    assert [one.label for one in breaches.form_fields("minutes") if one.label not in text] == []


def test_a_persons_file_says_who_looked(world: World) -> None:
    officer = world.actor("officer")
    clock.set_business_date(date(2026, 12, 10))
    person = register(world)
    reading.reveal(
        actor=officer,
        person_id=person.pk,
        purpose="people.reveal.verify",
        reason="Đối chiếu khi người dân đến nhận kết quả",
    )
    made = requests.open_request(
        actor=officer, person_id=person.pk, kind="provide", received_on=clock.today(), asked="Xin bản sao"
    )
    made = requests.acknowledge(actor=officer, key=made.key, version=1)
    data = answer.subject_data(actor=officer, key=made.key, reason=HANDED)
    looks = data["looks"]
    assert (looks["total"], looks["told"]) == (2, 2), "the reveal, and this file itself"
    assert {row["who"] for row in looks["rows"]} == {world.commune.name}
    assert any("số định danh" in row["what"] for row in looks["rows"])
    text = words_of(answer.paper(data))
    assert [part for part in (NAME, CANARY, "04/05/1988", "Nữ", "Cung cấp dữ liệu") if part not in text] == []
    assert "Ai đã xem dữ liệu: 2 lần" in text
    assert officer.full_name not in text, "an officer's name is his own data"
    assert HANDED not in text
    assert "Đối chiếu khi người dân đến nhận" not in text, "the reason is for auditors"
