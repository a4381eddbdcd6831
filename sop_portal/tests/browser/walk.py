"""Walking through the portal as somebody would: by what buttons, links and fields are called."""

import re
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, BrowserContext, Page, expect

PASSWORD = "planning-year"
# The first page of a run compiles every template; beside other suites that takes longer than a browser waits by itself.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
# The access and form rules of the page, as the browser itself reports them.
COMPLAINT = "Content Security Policy"


class Walk:
    """One person in one browser, in one language; console complaints of the CSP are kept."""

    def __init__(self, browser: Browser, base: str, language: str, *, scripts: bool = True) -> None:
        self.base, self.language = base, language
        locale = {"en": "en-US", "zh-hans": "zh-CN"}[language]
        self.context: BrowserContext = browser.new_context(locale=locale, java_script_enabled=scripts)
        self.context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if COMPLAINT in m.text else None)
        self.page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def said(self, words: str, **names: Any) -> str:
        """What the page calls something, in the language of this walk."""
        with override(self.language):
            text = gettext(words)
        return text % names if names else text

    def log_in(self, email: str) -> "Walk":
        """Log in through the door."""
        self.go("/account/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main button[type=submit]").first.click()
        expect(self.page.locator("h1")).to_have_text(self.said("My work"))
        return self

    def go(self, path: str) -> "Walk":
        """Open an address."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {path}"
        return self

    def press(self, words: str, place: str = "main", **names: Any) -> "Walk":
        """Press the button, or follow the link, of this name."""
        name = self.said(words, **names)
        exactly = re.compile(rf"^\s*{re.escape(name)}\s*$")
        found = self.page.locator(place).locator("button:visible, a:visible").filter(has_text=exactly)
        assert found.count(), f"no “{name}” on {self.page.url}:\n{self.page.locator('main').inner_text()[:1500]}"
        with self.page.expect_navigation():
            found.first.click()
        return self

    def fill(self, **values: str) -> "Walk":
        """Fill fields by their names (a double underscore stands for a dash); choices are chosen."""
        for name, value in values.items():
            field = self.page.locator(f"[name='{name.replace('__', '-')}']:not([type=hidden])")
            kind = field.first.evaluate("e => e.tagName + ' ' + e.type")
            if "SELECT" in kind:
                field.first.select_option(value)
            elif "radio" in kind:
                self.page.locator(f"[name='{name.replace('__', '-')}'][value='{value}']").check()
            elif "checkbox" in kind:
                field.first.check()
            else:
                field.first.fill(value)
        return self

    def choose(self, name: str, shown: str) -> "Walk":
        """Choose what a list shows under this name."""
        self.page.locator(f"select[name={name}]").first.select_option(label=shown)
        return self

    def press_first(self, selector: str) -> "Walk":
        """Press the button at this place of the page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self

    def decide(self, row: str, *, part: str) -> "Walk":
        """Decide on one line of the allocation board: in full, or in part with a reason where it names `part`."""
        line = self.page.locator(f"#{row}")
        full = part not in line.inner_text()
        line.locator("select[name=decision]").select_option("full" if full else "part")
        if not full:
            line.locator("input[name=granted]").fill("200")
            line.locator("textarea[name=reason]").fill("The fund does not hold more")
        self.settled(line.locator("button[type=submit]"))
        return self

    def press_or_replace(self, words: str) -> "Walk":
        """Press a button whose answer is a new page without scripts, and a part of this page with them."""
        name = re.compile(rf"^\s*{re.escape(self.said(words))}\s*$")
        with self.page.expect_response(lambda answer: answer.request.method == "GET"):
            self.page.locator("main button").filter(has_text=name).first.click()
        self.page.wait_for_load_state("networkidle")
        return self

    def settled(self, button: Any) -> None:
        """Press a button that either loads a page or replaces a part of it, and wait for the answer."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        self.page.wait_for_load_state("networkidle")

    def sees(self, words: str, **names: Any) -> "Walk":
        """The page shows these words of the portal."""
        expect(self.page.locator("body")).to_contain_text(self.said(words, **names))
        return self

    def reads(self, typed: str) -> "Walk":
        """The page shows what somebody typed, or a figure."""
        expect(self.page.locator("body")).to_contain_text(typed)
        return self

    def close(self) -> None:
        """Leave; nothing on the way may have broken the page's own rules."""
        self.context.close()
        assert self.complaints == []


def link_in(letter: Any, about: str) -> str:
    """The first address of a mail that leads to such a page, as a path; empty where there is none."""
    lines = [line for line in str(letter.body).splitlines() if line.startswith("http") and about in line]
    return "/" + lines[0].split("/", 3)[3] if lines else ""
