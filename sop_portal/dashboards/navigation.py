"""The navigation: only what the person may use, and the pages of the section one is in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can
from sop_portal.stages import SECTIONS, NavigationPage, Section


@dataclass(frozen=True)
class NavigationLink:
    """One entry of the navigation; its children show while one is inside."""

    label: str
    url: str
    icon: str = ""
    is_here: bool = False
    count_url: str = ""
    children: tuple["NavigationLink", ...] = ()


def navigation(request: Request, year: int | None, *, is_published: bool = True) -> list[NavigationLink]:
    """Only what the person may use; the section one is in shows its pages."""
    actor, path = request.actor, request.path
    links = [NavigationLink(_("My work"), "/", "inbox", path == "/", address("my-work-count"))]
    if year and actor.grants:
        sees_draft = is_published or actor.may(Can.RUN_CYCLE)
        for section in SECTIONS:
            pages = [page for page in section.pages if opens(page, actor, sees_draft=sees_draft)]
            if pages:
                links.append(section_link(section, pages, path, year))
        if actor.sees_everything and sees_draft:
            links.append(link(_("Dashboard"), address("dashboard", year), "bar-chart", path))
    if actor.may(Can.SEE_RECORDS):
        links.append(link(_("Handbook"), address("handbook"), "book", path))
    places = set_up_pages(actor, year)
    if places:
        children = tuple(link(label, url, "", path) for label, url in places)
        is_here = any(child.is_here for child in children)
        links.append(NavigationLink(_("Set-up"), places[0][1], "gear", is_here, children=children if is_here else ()))
    return links


def link(label: str, url: str, icon: str, path: str) -> NavigationLink:
    """A page without pages of its own."""
    return NavigationLink(label, url, icon, path == url or (path.startswith(url) and url != address("set-up")))


def opens(page: NavigationPage, actor: Actor, *, sees_draft: bool) -> bool:
    """Whether a page is for this person, in a year of this state."""
    return (page.can is None or actor.may(page.can)) and (sees_draft or not page.only_published)


def section_link(section: Section, pages: Sequence[NavigationPage], path: str, year: int) -> NavigationLink:
    """One section with the pages that are for this person."""
    children = [(str(page.label), address(page.url_name, year)) for page in pages]
    here = [url for __, url in children if path.startswith(url) and (url != f"/{year}/" or path == url)]
    shown = tuple(NavigationLink(name, url, "", bool(here) and url == max(here, key=len)) for name, url in children)
    return NavigationLink(str(section.label), children[0][1], section.icon, bool(here), children=shown if here else ())


def set_up_pages(actor: Actor, year: int | None) -> list[tuple[str, str]]:
    """The pages of the set-up a person may use."""
    places = []
    if actor.may(Can.KEEP_PEOPLE):
        places += [(_("Steps"), address("set-up")), (_("Organisation"), address("organisation"))]
        places.append((_("Holidays"), address("days-off")))
    if actor.may(Can.RUN_CYCLE):
        places.append((_("Years"), address("years")))
    if actor.may(Can.KEEP_PEOPLE):
        places += [(pgettext("persons", "People"), address("people")), (_("Departments"), address("departments"))]
        places.append((_("Workbook"), address("workbook")))
    if actor.may(Can.IMPORT_HISTORY) and year:
        places.append((_("History"), address("history", year)))
    if (actor.may(Can.KEEP_POOLS) or actor.may(Can.RUN_CYCLE)) and year:
        places.append((_("Pools"), address("pools", year)))
    if actor.may(Can.KEEP_MAIL):
        places.append((_("Space of papers"), address("papers-overview")))
        places += [(_("Invitations"), address("invitations")), (_("Outgoing mail"), address("mails"))]
    if actor.sees_everything:
        places.append((_("Trail"), address("trail")))
    return places
