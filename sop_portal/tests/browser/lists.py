"""Lists on a telephone and on paper: whole, named, and within reach."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, ViewportSize

# A sheet of A4, and of A5, at 96 points to the inch: a browser asks how wide the sheet is, not what its margins leave.
PAPER: tuple[ViewportSize, ...] = ({"width": 794, "height": 1123}, {"width": 559, "height": 794})
# A table that is wider than any telephone scrolls in a frame of its own, which the keyboard reaches as well.
IN_VIEW = """() => {
  const wide = document.documentElement.clientWidth, outside = [];
  const scrolls = frame => frame && !frame.querySelector(".data--cards") && frame.scrollWidth > frame.clientWidth + 1;
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility({visibilityProperty: true}) || !box.width) continue;
    if (one.closest(".skip, .visually-hidden")) continue;
    if (scrolls(one.closest(".scroll[tabindex='0'], .tabs, nav.steps"))) continue;
    if (box.left < -1 || box.right > wide + 1) outside.push(`${one.tagName} ${one.innerText || one.name}`);
  }
  return outside;
}"""
# The first cell of a card is its name; a cell across the whole card is a sentence, one of buttons names itself, and
# one that needs no name says so by an empty one.
UNNAMED = """() => {
  const unnamed = [], held = "a, button, input, select, textarea, svg, img";
  for (const cell of document.querySelectorAll(".data--cards :is(tbody, tfoot) :is(th, td)")) {
    if (!cell.checkVisibility()) continue;
    if (!cell.innerText.trim()) {
      if (cell.dataset.label && !cell.querySelector(held)) unnamed.push(`nothing (${cell.dataset.label})`);
      continue;
    }
    if (cell.tagName === "TH" || cell === cell.parentElement.firstElementChild || cell.colSpan > 1) continue;
    const rest = cell.cloneNode(true);
    for (const part of rest.querySelectorAll("a, button, details, form, label, .visually-hidden")) part.remove();
    if (!rest.textContent.trim() && !cell.dataset.label) continue;
    const shown = getComputedStyle(cell, "::before").content;
    const named = cell.dataset.label === "" || shown === JSON.stringify(cell.dataset.label);
    if (!named) {
      unnamed.push(`${cell.innerText.trim().slice(0, 40)} (${cell.dataset.label}: ${shown})`);
    }
  }
  return unnamed;
}"""
MENU = "() => [...document.querySelectorAll('.side a[href]')].map(link => link.getAttribute('href'))"


def lists_of(page: Page, base: str, first: str) -> list[str]:
    """Every page of the menu, those that show inside a section among them."""
    found: list[str] = []
    waiting = [first]
    while waiting:
        path = waiting.pop(0)
        found.append(path)
        page.goto(base + path)
        waiting += [link for link in dict.fromkeys(page.evaluate(MENU)) if link not in [*found, *waiting]]
    return found


def flaws(page: Page, width: int) -> list[str]:
    """What is wrong with the page that is open, on a telephone so wide."""
    page.set_viewport_size({"width": width, "height": 844})
    wide: Any = page.evaluate("document.documentElement.scrollWidth")
    sticks_out = [f"{wide} px wide"] if wide > width + 1 else []
    outside = [f"out of reach: {one}" for one in page.evaluate(IN_VIEW)]
    return [*sticks_out, *outside, *(f"no name beside: {one}" for one in page.evaluate(UNNAMED))]


@dataclass(frozen=True)
class Printed:
    """A sheet as it is printed: how many lines, what of the frame around the page, and what a frame would cut off."""

    lines: int
    frame: list[str]
    cut: list[str]


PRINTED = """() => {
  const shown = selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility());
  const frame = ".side, .top:not(.top--letterhead), .tool, .skip, nav, .propose, form button";
  const cuts = box => getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1;
  return {
    lines: shown("main .sheet tbody tr:not(.sub) th[scope=row]").length,
    frame: shown(frame).map(one => one.className || one.innerText),
    cut: shown("main :has(.sheet)").filter(cuts).map(box => box.className),
  };
}"""


def printed(page: Page) -> Printed:
    """What of a budget reaches the paper."""
    return Printed(**page.evaluate(PRINTED))
