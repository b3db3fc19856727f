"""Pictures of the audit's page for the documentation: make pictures."""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from audit_pages import shop_page  # noqa: E402 -- found by the line above

from browser import DARK, LIGHT, Seen, chromium  # noqa: E402 -- the same

IMAGES = ROOT / "docs" / "images"
PICTURES = (
    ("audit-desktop", LIGHT, 1280, 1180, ""),
    ("audit-dark", DARK, 1280, 1180, ""),
    ("audit-plan", LIGHT, 1280, 900, "#plan"),
    ("audit-phone", LIGHT, 390, 844, ""),
)


def main() -> None:
    """Write one PNG for each picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = shop_page(Path(folder))
        for name, scheme, width, height, at in PICTURES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == DARK else "light",
                reduced_motion="reduce",
            )
            seen = Seen(context, page)
            seen.page.evaluate("at => { location.hash = at }", at)
            seen.page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
