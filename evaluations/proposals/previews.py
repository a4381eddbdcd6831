"""What is adopted, declined, given up or carried out: the change that somebody proposed, and why."""

from django.utils.translation import gettext as _

from evaluations.proposals.models import ChangeProposal
from evaluations.proposals.workflow import PROPOSAL
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.workflow.preview import Reader, StepPreview, person_and_day, written


@PROPOSAL.preview("adopt", "decline", "give-up", "carry-out")
def proposal(record: ChangeProposal, reader: Reader) -> StepPreview:
    """The proposal in the words of whoever wrote it."""
    figures = [
        Tile(_("What it changes"), record.get_area_display()),
        Tile(_("Proposed"), person_and_day(record.proposed_by, record.proposed_at)),
    ]
    effects = [_("Whoever proposed it reads why.")] if reader.step in ("decline", "give-up") else []
    if reader.step in ("adopt", "carry-out") and record.setting:
        sets = record.setting_words
        effects.append(sets if record.is_too_late else formats.under(_("The portal sets by itself"), sets))
    return StepPreview(
        figures, written({"what": _("What should change"), "because": _("Because of")}, record), [], effects
    )
