"""What every page must be, whatever it is about: usable by everybody, whole on a telephone, in one language."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, ViewportSize

from sop_portal.tests.browser.walk import Walk

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# The narrowest is a page of 1280 pixels at four times its size.
NARROW = (320, 390)
# What reads the same in Chinese: the product, currencies, formats, browsers, time zones, and the language switch, which
# is labelled in both languages.
AS_IT_IS = re.compile(
    r"Language 语言"
    r"|(?<![A-Za-z])(SOP|Portal|English|USD|CSV|Excel|xlsx|PDF|OFD|ZIP|JPEG|PNG|WebP|Markdown|TOTP)(?![A-Za-z])"
    r"|HeadlessChrome"
    r"|[A-Z]\w+/[A-Z]\w+|\S+@[\w.-]+"
)
# A Chinese mark brings its own room: as read in a line, no blank stands after one, nor before one that opens a bracket.
BLANK = re.compile(r".{0,20}(?:[，。；：、！？）][ \u00a0]+\S|[\u4e00-\u9fff][ \u00a0]+[（，。；：、！？）]).{0,20}")
WORD = re.compile(r"[A-Za-z]{3,}")
# What the portal itself says: not what somebody typed (translate="no"), and not what a program is told.
SAID = """() => {
  const typed = "[translate=no], code, pre, script, style, textarea, [lang=en], [hidden]";
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(typed)) said.push(walker.currentNode.nodeValue.trim());
  }
  for (const element of document.body.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (element.closest(typed)) continue;
    for (const name of ["aria-label", "placeholder", "title", "alt"]) said.push(element.getAttribute(name) || "");
  }
  return said.filter(Boolean);
}"""


class Inspection:
    """One person's way through a list of pages, and everything that is wrong with them."""

    def __init__(self, walk: Walk, names: set[str]) -> None:
        self.walk, self.page, self.names = walk, walk.page, names
        self.wrong: list[str] = []
        self.expected = 200
        self.page.emulate_media(reduced_motion="reduce", color_scheme="light")
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._note(f"script error {error}"))

    def _note(self, sentence: str) -> None:
        self.wrong.append(f"{self.page.url.removeprefix(self.walk.base)}: {sentence}")

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser itself remarks that a refusal is one.
        if message.type == "error" and f"status of {self.expected}" not in message.text:
            self._note(message.text)

    def open(self, path: str, status: int = 200) -> None:
        """Open a page as on a desk: it answers as expected, in the language asked for, with one heading."""
        self.expected = status
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(self.walk.base + path)
        if answer is None or answer.status != status:
            self._note(f"answered {answer and answer.status}")
        language_code = self.page.locator("html").get_attribute("lang")
        if language_code != {"en": "en", "zh-hans": "zh-Hans"}[self.walk.language]:
            self._note(f"says it is in {language_code}")
        if (headings := self.page.locator("h1").count()) != 1:
            self._note(f"{headings} h1")

    def barriers(self, where: str) -> None:
        """Nobody is kept out: the rules of WCAG 2.1, A and AA."""
        for broken in Axe().run(self.page, options=RULES).response["violations"]:
            for node in broken["nodes"]:
                self._note(f"{where}: {broken['id']} {node['target']} {described(node)}")

    def by_daylight_and_in_the_dark(self, path: str, status: int = 200) -> None:
        """The page on a desk in light colours, and in a dark hand."""
        self.open(path, status)
        self.barriers("light")
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size(PHONE)
        self.fits()
        self.barriers("dark")

    def fits(self) -> None:
        """On a telephone nothing sticks out at the side."""
        for width in NARROW:
            self.page.set_viewport_size({"width": width, "height": PHONE["height"]})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width + 1:
                self._note(f"{wide} px wide on {width}")

    def in_chinese(self, path: str, status: int = 200) -> None:
        """No word of the portal is left in English."""
        self.open(path, status)
        for text in self.page.evaluate(SAID):
            left = WORD.findall(AS_IT_IS.sub("", self._without_names(text)))
            if left:
                self._note(f"{left} in “{text[:90]}”")
        for blank in BLANK.findall(self.page.locator("main").inner_text()):
            self._note(f"a blank beside a mark in “{blank}”")
        self.page.set_viewport_size(PHONE)
        self.fits()

    def _without_names(self, text: str) -> str:
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, "")
        return text


def described(node: dict[str, Any]) -> str:
    """What axe says about one element, in a line."""
    messages = [check["message"] for check in [*node["any"], *node["all"], *node["none"]]]
    return f"{node['html'][:120]} {'; '.join(messages)[:200]}"
