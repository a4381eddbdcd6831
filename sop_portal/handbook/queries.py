"""Which version of the handbook is in force, and who has read it. The handbook is for everybody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook.models import Acknowledgement, Edition, Guide, WrittenEdition
from sop_portal.handbook.word_diff import Piece, changes
from sop_portal.stages import STAGES


@dataclass(frozen=True)
class GuideRevision:
    """What changed on one page of the handbook."""

    page: str
    title: str
    lines: list[list[Piece]]


def edition_in_force() -> Edition | None:
    """The version with the highest number."""
    return Edition.objects.select_related("published_by").order_by("-number").first()


def last_acknowledgement(person: User) -> Acknowledgement | None:
    """The newest version this person confirmed."""
    return person.acknowledgements.select_related("edition").order_by("-edition__number").first()


def guide_text(edition: Edition | None, page: str) -> str:
    """The guide of a page in the language of the page; empty where none is written."""
    guide = Guide.objects.filter(edition=edition, page=page).first()
    return guide.text if guide else ""


def is_behind(edition: Edition | None, page: str) -> bool:
    """Whether the guide of a page says something newer in the other language."""
    guide = Guide.objects.filter(edition=edition, page=page).first()
    return guide is not None and guide.is_behind


def texts_of(edition: Edition | None) -> dict[str, tuple[str, str]]:
    """The guides of a version: page to English and Chinese."""
    return {guide.page: (guide.text_en, guide.text_zh) for guide in Guide.objects.filter(edition=edition)}


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts say the same: what a form does to line ends and edges changes nothing."""
    lines = [[line.rstrip() for line in text.strip().splitlines()] for text in (one, other)]
    return lines[0] == lines[1]


def written_edition() -> WrittenEdition | None:
    """The version that is written and not in force yet."""
    return WrittenEdition.objects.select_related("written_by").order_by("-number").first()


def who_puts_in_force(written: WrittenEdition, on: date) -> list[User]:
    """Whoever keeps the handbook or decides on changes of the process, but for whoever wrote the version."""
    found = people_who_can(Can.KEEP_HANDBOOK, None, on) | people_who_can(Can.DECIDE_CHANGE, None, on)
    return list(found.exclude(pk=written.written_by_id).distinct().order_by("name", "pk"))


def revisions_to_come(written: WrittenEdition) -> dict[str, list[GuideRevision]]:
    """What a version would change, by language."""
    before, titles, found = texts_of(edition_in_force()), page_titles(), {}
    for place, language in enumerate(("en", "zh")):
        pages = [
            GuideRevision(page, titles[page], changes(before.get(page, ("", ""))[place], pair[place]))
            for page, pair in written.texts.items()
            if page in titles
        ]
        found[language] = [revision for revision in pages if revision.lines]
    return found


def editions_since(number: int) -> QuerySet[Edition]:
    """The versions published after one, newest first, each with its note of what changed."""
    return Edition.objects.filter(number__gt=number).select_related("published_by").order_by("-number")


def revisions(old: Edition, new: Edition) -> list[GuideRevision]:
    """The guides that differ between two versions, in the order of the pages."""
    before = {guide.page: guide.text for guide in Guide.objects.filter(edition=old)}
    after = {guide.page: guide.text for guide in Guide.objects.filter(edition=new)}
    found = [
        GuideRevision(page, title, changes(before.get(page, ""), after.get(page, "")))
        for page, title in page_titles().items()
    ]
    return [revision for revision in found if revision.lines]


def readers(edition: Edition, on: date) -> tuple[list[Acknowledgement], list[User]]:
    """Who confirmed this version, and who acts in a role today and has not."""
    read = list(edition.acknowledgements.select_related("person").order_by("-at"))
    holders = Membership.objects.on(on).values("person_id")
    unread = User.objects.filter(pk__in=holders, is_active=True).exclude(pk__in=[a.person_id for a in read])
    return read, list(unread.prefetch_related("memberships").order_by("name"))


def share_read(edition: Edition, on: date) -> tuple[int, int]:
    """How many of the people with a role confirmed this version, and how many there are."""
    holders = User.objects.filter(is_active=True, pk__in=Membership.objects.on(on).values("person_id"))
    return holders.filter(acknowledgements__edition=edition).count(), holders.count()


def read_on(edition: Edition, people: Collection[int]) -> dict[int, date]:
    """On which day each of these people confirmed the version; nobody else."""
    rows = Acknowledgement.objects.filter(edition=edition, person_id__in=people)
    return {person: localdate(at) for person, at in rows.values_list("person_id", "at")}


def page_titles() -> dict[str, str]:
    """The written pages of the handbook in order: how the year works, one per stage, the roles."""
    titles = {stage.slug: str(stage.title) for stage in STAGES}
    return {"start": _("How the year works"), **titles, "roles": _("Roles and rights")}


def number_informed(edition: Edition) -> int:
    """How many people were told of a new version."""
    informed = Notice.objects.filter(kind="handbook", record_id=edition.pk, verb="publish-edition")
    return informed.values("person_id").distinct().count()
