"""Templates are whole: every icon exists, nothing comes from outside, no script stands in a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory

from dean06.ui import icons, kit
from dean06.ui.middleware import PageHeadersMiddleware
from dean06.web.nav import ENTRIES

WEB = Path(icons.__file__).parent
PACKAGE = WEB.parent
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_template_uses_only_icons_we_ship(path: Path) -> None:
    used = re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))
    assert set(used) <= set(icons.shapes())


def test_navigation_and_badges_use_only_icons_we_ship() -> None:
    used = {entry.icon for entry in ENTRIES}
    used |= set(
        re.findall(r'Badge\(\s*_\([^)]*\)[^,]*,\s*"([a-z-]+)"', (WEB / "figures.py").read_text("utf-8"))
    )
    assert len(used) > 10
    assert used <= set(icons.shapes())


def test_the_icon_file_follows_the_list_of_names() -> None:
    listed = PACKAGE.parent.parent / "frontend" / "icons.txt"
    assert sorted(icons.shapes()) == sorted(listed.read_text("utf-8").split())
    assert all(not re.search(r"script|href|on\w+=", shape) for shape in icons.shapes().values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_template_has_no_inline_script_and_no_address_outside(path: Path) -> None:
    text = path.read_text("utf-8")
    # A script of type application/json is data: browsers never run it, and the policy does not cover it.
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "hx-on" not in text
    assert "js:" not in text
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_template_compiles(path: Path) -> None:
    name = str(path).split("/templates/", 1)[1]
    assert get_template(name).template.name == name  # type: ignore[attr-defined]


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        icons.icon("no-such-icon")


def test_chart_data_cannot_leave_its_script_element() -> None:
    from dean06.ui.charts import Chart, Point

    chart = Chart("line", "</script><b>", [Point("</script>", 1)])
    html = Template("{% load dean06_ui %}{% chart c %}").render(Context({"c": chart}))
    assert html.count("</script>") == 1
    body = re.search(r'<script type="application/json">(.*?)</script>', html)
    assert body
    assert json.loads(body[1])["points"][0]["label"] == "</script>"


def test_a_field_ties_its_errors_and_hint_to_the_control() -> None:
    form = kit.SampleForm(data={"hung_on": "32/13/2023"})
    html = Template("{% load dean06_ui %}{% field f.place %}{% field f.hung_on %}").render(
        Context({"f": form})
    )
    assert 'aria-describedby="id_place-hint id_place-error"' in html
    assert 'id="id_place-error"' in html
    assert html.count('aria-invalid="true"') == 2
    assert "Ngày phải viết dạng 05/09/2023." in html


def _through(response: HttpResponse, **cookies: str) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return PageHeadersMiddleware(lambda _request: response)(request)


def test_pages_may_load_nothing_from_outside_and_run_no_inline_script() -> None:
    policy = dict(
        part.split(" ", 1) for part in _through(HttpResponse()).headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("http" in sources or "unsafe-eval" in sources for sources in policy.values())


def test_pages_of_signed_in_people_are_not_kept_by_the_browser() -> None:
    assert _through(HttpResponse(), sessionid="x").headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in _through(HttpResponse()).headers
    image = HttpResponse(b"", content_type="image/jpeg")
    assert _through(image, sessionid="x").headers["Cache-Control"] == "private, no-store"
    kept = HttpResponse(b"", headers={"Cache-Control": "max-age=60"})
    assert _through(kept, sessionid="x").headers["Cache-Control"] == "max-age=60"
    assert "HX-Request" in _through(HttpResponse(), sessionid="x").headers["Vary"]
