"""Put what the pages take from npm into static/build: one sprite of icons, and Bootstrap's style sheet."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
BUILD = ROOT / "static" / "build"
NAMES = Path(__file__).with_name("icons.txt")
SVG = "http://www.w3.org/2000/svg"


def main() -> None:
    """Build the sprite and copy the style sheet."""
    BUILD.mkdir(parents=True, exist_ok=True)
    names = NAMES.read_text().split()
    unknown = [name for name in names if not drawing(name).exists()]
    if unknown:
        sys.exit(f"tools/icons.txt names what Bootstrap Icons does not have: {', '.join(unknown)}")
    (BUILD / "icons.svg").write_text(sprite(names))
    (BUILD / "bootstrap.min.css").write_text(style_sheet())
    print(f"static/build: {len(names)} icons, bootstrap.min.css")


def sprite(names: list[str]) -> str:
    """Return one document that holds every named icon as a symbol."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    root.extend(symbol(name) for name in names)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def symbol(name: str) -> ElementTree.Element:
    """Return the icon as a symbol that takes the colour of the text around it."""
    icon = ElementTree.parse(drawing(name)).getroot()
    found = ElementTree.Element(f"{{{SVG}}}symbol", id=name, viewBox=icon.attrib["viewBox"], fill="currentColor")
    found.extend(icon)
    return found


def drawing(name: str) -> Path:
    """Return where npm has put the icon."""
    return PACKAGES / "bootstrap-icons" / "icons" / f"{name}.svg"


def style_sheet() -> str:
    """Return Bootstrap's style sheet without the address of its source map, which is not served."""
    text = (PACKAGES / "bootstrap" / "dist" / "css" / "bootstrap.min.css").read_text()
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)


if __name__ == "__main__":
    main()
