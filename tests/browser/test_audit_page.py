"""The audit's page in a real Chromium: layout, keyboard, dark, print, without script, and for screen readers."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser import DARK, LIGHT, Seen

PHONE, DESKTOP = (360, 740), (1280, 900)
WIDTHS = (320, 360, 390, 600, 704, 768, 896, 1024, 1280, 1920)


def opened(browser: Browser, file: Path, size: tuple[int, int] = DESKTOP, scheme: str = LIGHT) -> Seen:
    width, height = size
    dark = scheme == DARK
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    return Seen(context, file)


@pytest.mark.parametrize("name", ["shop", "hostile"])
def test_it_fits_every_width_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, name: str, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(name)
    seen = opened(browser, file)
    for width in WIDTHS:
        seen.page.set_viewport_size({"width": width, "height": 800})
        assert seen.overflow() <= 0, width
    assert [url for url in seen.requests if not url.startswith("data:")] == [file.as_uri()]
    assert seen.complaints == []
    assert seen.page.evaluate("[...document.scripts].length") == 1


def test_charts_are_drawn_for_the_width_they_have(browser: Browser, shop: Path) -> None:
    for size, shown, hidden in ((DESKTOP, "wide", "narrow"), (PHONE, "narrow", "wide")):
        page = opened(browser, shop, size).page
        for chart in page.locator(f"svg.chart.{shown}").all():
            box = chart.bounding_box()
            assert box is not None
            assert box["width"] <= size[0]
            for label in chart.locator("text").all():
                inside = label.bounding_box()
                assert inside is not None
                assert inside["height"] >= 10
                assert box["x"] <= inside["x"]
                assert inside["x"] + inside["width"] <= box["x"] + box["width"] + 1
        assert page.locator(f"svg.chart.{hidden}:visible").count() == 0


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_axe_finds_nothing(browser: Browser, shop: Path, size: tuple[int, int], scheme: str) -> None:
    page = opened(browser, shop, size, scheme).page
    page.locator("summary").click()
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert results.violations_count == 0, results.generate_report()


def test_a_screen_reader_hears_tables_charts_and_places(browser: Browser, shop: Path) -> None:
    for size in (DESKTOP, PHONE):
        page = opened(browser, shop, size).page
        assert page.get_by_role("table").count() == 6
        plan = page.get_by_role("table", name="Untracked jobs in the order to migrate them")
        assert plan.get_by_role("columnheader").count() == 6
        assert plan.get_by_role("rowheader").count() == plan.get_by_role("row").count() - 1 == 9
        expect(page.get_by_role("img", name="Jobs over time")).to_be_visible()
        described = page.get_by_role("img", name="02 January 2025 to 02 December 2026: tracked from 0 to 12")
        expect(described).to_be_visible()
        expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
        assert page.get_by_role("region").count() == 7


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, shop: Path) -> None:
    page = opened(browser, shop).page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page = opened(browser, shop).page
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (focused === document.body) return null;
                const style = getComputedStyle(focused);
                const box = focused.getBoundingClientRect();
                const all = [...document.querySelectorAll("a, button, input, summary, [tabindex='0']")];
                return [all.indexOf(focused), style.outlineStyle, box.top >= 0 && box.bottom <= innerHeight];
            }"""
        )
        if here is None:
            break
        number, outline, is_seen = here
        assert outline != "none", number
        assert is_seen, number
        reached.add(number)
    total = page.evaluate("document.querySelectorAll(\"a, button, input, summary, [tabindex='0']\").length")
    assert reached == set(range(total))


def test_the_trend_folds_open_by_keyboard(browser: Browser, shop: Path) -> None:
    page = opened(browser, shop).page
    table = page.get_by_role("table", name="Jobs and legacy uses at 13 points of the main line")
    expect(table).to_be_hidden()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()


def names(page: Page, table: str) -> list[str]:
    rows = page.locator(f"#{table} tbody tr:visible th")
    return [text.split("\n")[0] for text in rows.all_inner_texts()]


def test_a_filter_leaves_what_holds_all_its_words(browser: Browser, shop: Path) -> None:
    page = opened(browser, shop).page
    page.get_by_label("Filter by name, path or owner").first.focus()
    page.keyboard.type("acme CHAIN")
    assert names(page, "untracked-table") == []
    page.keyboard.press("Control+A")
    page.keyboard.type("payments send")
    assert names(page, "untracked-table") == [
        "shop.payments.tasks.send_receipt",
        "shop.payments.tasks.send_reminders",
    ]
    expect(page.get_by_text("2 of 9 shown")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert len(names(page, "untracked-table")) == 9


def test_a_table_sorts_by_a_column_both_ways(browser: Browser, shop: Path) -> None:
    page = opened(browser, shop).page
    head = page.locator("#owners-table thead th").nth(2)
    head.get_by_role("button", name="Tracked").focus()
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), names(page, "owners-table")[-1]) == ("ascending", "Bo Nilsen")
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), names(page, "owners-table")[0]) == ("descending", "Bo Nilsen")
    page.locator("#owners-table thead th").nth(0).get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert names(page, "owners-table") == sorted(names(page, "owners-table"), key=str.lower)


def test_dark_is_dark(browser: Browser, shop: Path) -> None:
    ask = "name => getComputedStyle(document.querySelector(name[0]))[name[1]]"
    for what in (
        ("body", "backgroundColor"),
        ("body", "color"),
        (".area.tracked", "fill"),
        (".line.tracked", "stroke"),
    ):
        light, dark = (opened(browser, shop, scheme=each).page.evaluate(ask, what) for each in (LIGHT, DARK))
        assert light != dark, what
    ground = opened(browser, shop, scheme=DARK).page.evaluate(ask, ("body", "backgroundColor"))
    assert all(int(each) < 40 for each in ground.strip("rgb()").split(","))


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_print_is_all_of_it_on_white(browser: Browser, shop: Path, scheme: str) -> None:
    page = opened(browser, shop, scheme=scheme).page
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert 3 <= printed.count(b"/Type /Page\n") <= 12
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("table", name="points of the main line")).to_be_visible()
    white = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert white == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    line = page.evaluate("getComputedStyle(document.querySelector('.line.tracked')).stroke")
    assert line == "rgb(15, 118, 110)"  # that of the light scheme, whatever the screen shows


def test_without_script_it_is_all_there(browser: Browser, shop: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Seen(context, shop).page
    expect(page.get_by_text("shop.payments.tasks.capture_payment").first).to_be_visible()
    assert page.locator("#untracked-table tbody tr").count() == 9
    assert page.get_by_role("searchbox").count() == 0
