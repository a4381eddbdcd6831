"""The papers of a record as its page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.models import Paper, PaperType
from sop_portal.foundation.papers.places import is_part_of, parts_of
from sop_portal.foundation.papers.queries import decisions_since, is_decided_by, versions_of
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.years import open_year

PICTURES = frozenset({PaperType.JPEG, PaperType.PNG, PaperType.WEBP})
SEEN_IN_PLACE = PICTURES | {PaperType.PDF}
# All of them have a page of their own.
OLDER_SHOWN = 5
ICONS = {
    PaperType.PDF: "file-earmark-pdf",
    PaperType.XLSX: "file-earmark-spreadsheet",
    PaperType.ODS: "file-earmark-spreadsheet",
}


@dataclass
class ShownPaper:
    """One paper in the list of its record; of many older versions the newest few stand behind it."""

    paper: Paper
    part: str = ""
    is_fixed: bool = False
    may_take_back: bool = False
    older: list["ShownPaper"] = field(default_factory=list)
    older_count: int = 0

    @property
    def url(self) -> str:
        """Where it is looked at."""
        return self.paper.get_absolute_url()

    @property
    def has_picture(self) -> bool:
        """Whether there is a small picture of it."""
        return bool(self.paper.file and self.paper.file.type in SEEN_IN_PLACE)

    @property
    def icon(self) -> str:
        """What stands in the place of a small picture."""
        return ICONS.get(PaperType(self.paper.file.type), "file-earmark-text") if self.paper.file else "paperclip"


def shown_papers(kind: str, record: Model, actor: Actor, part: str = "") -> list[ShownPaper]:
    """The current papers of a record, or of a part of it, each with the newest of its older versions behind it."""
    rows = Paper.objects.of(kind, record.pk).there().told_to(actor, [kind])
    asked = rows.values_list("pk", "replaces_id", "part")
    chains = versions_of({pk: older for pk, older, named in asked if not part or is_part_of(named, part)})
    if not chains:
        return []
    wanted = [pk for chain in chains for pk in chain[: 1 + OLDER_SHOWN]]
    found = rows.select_related("file", "by").defer("file__small").in_bulk(wanted)
    names = parts_of(kind, record) if any(paper.part for paper in found.values()) else {}
    acts = list(decisions_since(kind, record.pk).only("position", "by_id", "verb"))
    shown = []
    for current, *older in chains:
        one = _shown(found[current], names.get(found[current].part, ""), acts, actor)
        one.older, one.older_count = [ShownPaper(found[pk]) for pk in older[:OLDER_SHOWN]], len(older)
        shown.append(one)
    return shown


def _shown(paper: Paper, part: str, acts: Sequence[Entry], actor: Actor) -> ShownPaper:
    is_fixed = any(is_decided_by(act, paper) for act in acts)
    return ShownPaper(paper, part, is_fixed, may_take_back=not is_fixed and paper.by_id == actor.user.pk)


def why_not_attached(kind: str, record: Model, actor: Actor) -> str:
    """Why this person attaches nothing here now; nothing where they can."""
    if not actor.may(Can.COMMENT):
        return _("You read papers here; your roles do not include attaching any.")
    try:
        open_year(kind, record, "attach-paper")
    except Refusal as refusal:
        return str(refusal.sentence)
    return ""


def is_read_later(kind: str, record: Model, actor: Actor) -> bool:
    """Whether the department reads what this person attaches only once it reads what was decided."""
    being_decided = KINDS[kind].withheld_while
    if being_decided is None or getattr(record, "department_id", None) in actor.department_ids:
        return False
    return being_decided().filter(pk=record.pk).exists()


def attach_url(kind: str, record: Model) -> str:
    """Where papers for a record are sent."""
    return reverse("paper-attach", args=[kind, record.pk])


def accepted() -> str:
    """What the browser offers to choose; what is taken is told by content."""
    ends: Iterable[str] = (f".{kind}" for kind in PaperType.values if kind not in PICTURES)
    return ",".join(["image/jpeg", "image/png", "image/webp", *ends])
