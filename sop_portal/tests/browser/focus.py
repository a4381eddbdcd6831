"""Whether what has the focus can be seen: its box compared with what the browser draws there."""

from dataclasses import dataclass
from typing import Any

MOST_STOPS = 140
# What is focused, and which of five points of its visible box belong to something else that lies over it.
LOOK = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  // Where the page still scrolls to what is focused, it is looked at once it rests.
  let box = at.getBoundingClientRect();
  for (let moves = 0; moves < 90; moves++) {
    await frame();
    await frame();
    const now = at.getBoundingClientRect();
    const rests = now.top === box.top && now.left === box.left;
    box = now;
    if (rests) break;
  }
  const name = (at.getAttribute("aria-label") || at.textContent || at.name || "").trim().slice(0, 40);
  const said = `${at.tagName.toLowerCase()} “${name.replace(/\\s+/g, " ")}”`;
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  if (right <= left || bottom <= top) return {said, hidden: true};
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].map(
    ([x, y]) => [left + (right - left) * x, top + (bottom - top) * y]
  );
  const seen = points.filter(([x, y]) => {
    const found = document.elementFromPoint(x, y);
    // A link of a chart is drawn in parts, so that between them the chart itself is met.
    const isBetween = at.ownerSVGElement && found?.contains(at);
    return found && (at.contains(found) || isBetween || found.closest("label")?.control === at);
  });
  return {said, hidden: seen.length === 0};
}"""


@dataclass(frozen=True)
class Stops:
    """The stops of a walk by the Tab key: how many there were, and which of them were covered."""

    count: int
    hidden: list[str]


def tab_through(page: Any) -> Stops:
    """Press Tab from the top of the page until the focus leaves it, and look at every stop."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("window.scrollTo(0, 0)")
    count, hidden = 0, []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(LOOK)
        if found is None:
            break
        count += 1
        if found["hidden"]:
            hidden.append(found["said"])
    return Stops(count, hidden)
