"""The built site: links lead somewhere, nothing is loaded from elsewhere, axe finds nothing wrong."""

import re
from urllib.parse import unquote, urldefrag

import pytest
from axe import violations
from bs4 import BeautifulSoup
from chromium import Chromium

from course import site


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("site") / "site"
    site.build(target)
    return target


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium = Chromium(tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()


@pytest.mark.system
def test_every_link_and_anchor_leads_somewhere_and_nothing_is_loaded_from_elsewhere(built):
    pages = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in built.rglob("*.html")}
    ids = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    wrong = []
    for path, page in pages.items():
        for tag in page.find_all(["script", "img", "link", "iframe"]):
            address = tag.get("src") or tag.get("href") or ""
            wrong += [f"{path.name} loads {address}"] if re.match(r"(https?:)?//", address) else []
        for tag in page.find_all("a", href=True):
            address, anchor = urldefrag(unquote(tag["href"]))
            if re.match(r"[a-z]+:", address):
                continue
            other = (path.parent / address).resolve() if address else path
            if not other.is_file() or (anchor and other in ids and anchor not in ids[other]):
                wrong.append(f"{path.name}: {tag['href']}")
    assert len(pages) > 15
    assert wrong == []


@pytest.mark.system
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_wrong(built, browser, width, dark):
    found = {}
    for path in sorted(built.rglob("*.html")):
        if "_static" not in path.parts and (wrong := violations(browser, path.as_uri(), width, dark=dark)):
            found[path.name] = wrong
    assert found == {}


@pytest.mark.system
def test_filters_leave_the_rows_that_agree(built, browser):
    violations(browser, (built / "verdicts.html").as_uri(), 1280)
    shown = "[...document.querySelectorAll('.verdicts tbody tr')].filter(row => !row.hidden)"
    browser.evaluate(
        "s = document.querySelector('[name=basis]'); s.value = 'live'; s.dispatchEvent(new Event('change'))"
    )
    assert browser.evaluate(f"{shown}.length") > 0
    assert browser.evaluate(f"{shown}.every(row => row.dataset.basis === 'live')")
