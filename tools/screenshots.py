"""Take the pictures of the README from a portal with the demonstration, in light and dark colours."""

import argparse
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1280, "height": 800}
Colours = Literal["light", "dark"]
BOTH: tuple[Colours, ...] = ("light", "dark")
# Each picture: who is logged in, and the page; the year stands for that of the demonstration which runs.
SHOWN = {
    "my-work": ("amina@example.org", "/"),
    "dashboard": ("emil@example.org", "/{year}/dashboard/"),
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def main() -> None:
    """Log in as each of them and take the picture twice."""
    said = _arguments()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=said.chromium or None, args=ARGUMENTS)
        for name, (person, path) in SHOWN.items():
            for colours in BOTH:
                page = _logged_in(browser, said.address, person, said.password, colours)
                page.goto(said.address + path.format(year=said.year))
                page.screenshot(path=PICTURES / f"{name}-{colours}.png")
                page.context.close()
                print(f"docs/pictures/{name}-{colours}.png")
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000", help="where `make run` serves")
    parser.add_argument("--year", type=int, default=2027, help="the plan year that is shown")
    parser.add_argument("--password", default="planning-year")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser; blank for Playwright's own")
    return parser.parse_args()


def _logged_in(browser: Browser, address: str, person: str, password: str, colours: Colours) -> Page:
    """A page of this person, in these colours."""
    context = browser.new_context(viewport=SIZE, color_scheme=colours, locale="en", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/account/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


if __name__ == "__main__":
    main()
