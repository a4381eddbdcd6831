"""Walk the pages of a year as a person would, from link to link, and note what each page offers."""

from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

MOST_OF_A_KIND = 3


class Read(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: list[str] = []
        self.forms: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link or a form leads."""
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.append(urljoin(self.base, found["href"] or ""))
        if tag == "form" and (found.get("method") or "").lower() == "post":
            self.forms.append(urlsplit(urljoin(self.base, found.get("action") or "")).path)


def name_of(path: str) -> str:
    """The name of an address; nothing where it is none of the portal's."""
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def walked(client: Any, start: str) -> dict[str, Read]:
    """Every page that a person comes to from here within the year, a few of each kind."""
    waiting, seen, kinds = deque([start]), set[str](), dict[str, int]()
    found: dict[str, Read] = {}
    while waiting:
        url = waiting.popleft()
        name = name_of(urlsplit(url).path)
        if url in seen or kinds.get(name, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(url)
        answer = client.get(url)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        kinds[name] = kinds.get(name, 0) + 1
        read = found[url] = Read(url)
        read.feed(answer.content.decode())
        waiting.extend(link for link in read.links if urlsplit(link).path.startswith("/2027/"))
    return found
