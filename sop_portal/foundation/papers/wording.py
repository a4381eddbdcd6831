"""Why a file is not taken, and what to do instead."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.papers.child.look import LONGEST_SIDE, MOST_PIXELS, PaperProblem

KILO, MEGA, GIGA = 1_000, 1_000_000, 1_000_000_000
UNITS = (("GB", GIGA), ("MB", MEGA), ("kB", KILO))
ROUNDED_UP = 0.9995
NAME_SHOWN = 80

SENTENCES: Mapping[PaperProblem | None, StrOrPromise] = {
    PaperProblem.UNKNOWN: gettext_lazy(
        "“%(name)s” is no kind of file that can be attached, whatever its name says. "
        "Attach a PDF, a picture (JPEG, PNG, WebP), an electronic invoice (.ofd) "
        "or an office file (.docx, .xlsx, .pptx, .odt, .ods, .odp)."
    ),
    PaperProblem.DAMAGED: gettext_lazy("“%(name)s” cannot be opened; it may be damaged. Save it anew and try again."),
    PaperProblem.MACROS: gettext_lazy("“%(name)s” holds macros. Save it without macros, or as a PDF, and attach that."),
    PaperProblem.PASSWORD: gettext_lazy("“%(name)s” is protected by a password. Save it without one and try again."),
    PaperProblem.TOO_LARGE_WITHIN: gettext_lazy(
        "“%(name)s” unpacks to far more than its own size. Save it as a PDF and attach that."
    ),
    PaperProblem.TOO_MANY_PIXELS: gettext_lazy(
        "“%(name)s” is a picture of more than %(pixels)s million pixels. Make it smaller and try again."
    ),
    PaperProblem.OLD_OFFICE: gettext_lazy(
        "“%(name)s” is an office file of the old kind (.doc, .xls, .ppt) or protected by a password. "
        "Save it as .docx, .xlsx, .pptx or PDF, without a password, and attach that."
    ),
    PaperProblem.HOLDS_OTHERS: gettext_lazy(
        "“%(name)s” holds another file or a control inside it. Save it as a PDF and attach that."
    ),
    PaperProblem.FETCHES: gettext_lazy(
        "“%(name)s” takes a template or data from elsewhere each time it is opened. Save it as a PDF and attach that."
    ),
    PaperProblem.OTHER_OFFICE: gettext_lazy(
        "“%(name)s” is an office file of another kind. Save it as .docx, .xlsx, .pptx or PDF and attach that."
    ),
    PaperProblem.TOO_MANY_PARTS: gettext_lazy(
        "“%(name)s” consists of too many parts to look into. Save it as a PDF and attach that."
    ),
    PaperProblem.MOVING: gettext_lazy(
        "“%(name)s” is a moving picture. Save one picture of it as JPEG or PNG and attach that."
    ),
    PaperProblem.TOO_LONG: gettext_lazy(
        "“%(name)s” is a picture of more than %(side)s pixels in one direction. Cut it into parts and attach those."
    ),
    PaperProblem.PAGE_SIZE: gettext_lazy(
        "The first page of “%(name)s” has a size that cannot be shown. "
        "Print it to a PDF with pages of an ordinary size, such as A4, and attach that."
    ),
    PaperProblem.PDF_ACTS: gettext_lazy(
        "“%(name)s” is a PDF with a program or a form that runs or sends something. "
        "Print it to a new PDF and attach that."
    ),
    PaperProblem.PDF_HOLDS_OTHERS: gettext_lazy(
        "“%(name)s” is a PDF with another file inside it. Print it to a new PDF and attach that, "
        "and the other file by itself."
    ),
    PaperProblem.PDF_AND_ARCHIVE: gettext_lazy(
        "“%(name)s” is a PDF and an archive at once. Print it to a new PDF and attach that."
    ),
    PaperProblem.PDF_UNPACKS: gettext_lazy(
        "“%(name)s” is a PDF that unpacks to far more than its own size. Print it to a new PDF and attach that."
    ),
    PaperProblem.HEIC: gettext_lazy(
        "“%(name)s” is a photo in Apple’s own format (HEIC). "
        "Send it as JPEG: on the phone under Settings, Camera, Formats, Most Compatible."
    ),
    PaperProblem.OTHER_PICTURE: gettext_lazy(
        "“%(name)s” is a picture of another kind. Save it as JPEG or PNG and try again."
    ),
    PaperProblem.ARCHIVE: gettext_lazy("“%(name)s” is an archive. Attach the files in it one by one."),
    PaperProblem.DISK_FULL: gettext_lazy(
        "“%(name)s” was not kept: the portal’s disk is full. "
        "What you typed is still there; tell the administrator and attach it later."
    ),
    PaperProblem.TOO_MUCH_AT_ONCE: gettext_lazy(
        "“%(name)s” was not kept: too much was sent at once. Attach the files in several goes."
    ),
    None: gettext_lazy("“%(name)s” takes too much time or memory to look into. Save it as a PDF and attach that."),
}


def not_taken(problem: PaperProblem | None, name: str) -> NotReady:
    """The refusal of a file, by what the child found in it."""
    words = {"name": shown_name(name), "pixels": str(MOST_PIXELS // MEGA), "side": number(LONGEST_SIDE)}
    return NotReady(interpolate(SENTENCES[problem], words), [], _("This file was not kept."))


def too_large(name: str) -> NotReady:
    """The refusal of a file that is larger than one may be."""
    sentence = _("“%(name)s” is larger than %(size)s.")
    words = {"name": shown_name(name), "size": size_in_words(settings.PAPERS_LARGEST)}
    return NotReady(interpolate(sentence, words), [], _("Make it smaller, or attach it in parts."))


def empty(name: str) -> NotReady:
    """The refusal of a file with nothing in it."""
    sentence = interpolate(_("“%(name)s” is empty."), {"name": shown_name(name)})
    return NotReady(sentence, [], _("Check whether the upload was interrupted, and try again."))


def no_space(name: str) -> NotReady:
    """The refusal of a file for which the organisation has no space left."""
    sentence = interpolate(
        _("“%(name)s” was not kept: the space for papers, %(size)s, is used up."),
        {"name": shown_name(name), "size": size_in_words(settings.PAPERS_SPACE)},
    )
    return NotReady(sentence, [], _("Tell the administrator, who can give it more."))


def not_kept(name: str) -> NotReady:
    """The refusal of a file that the storage does not take."""
    sentence = _("“%(name)s” was not kept: the storage of papers cannot be reached.")
    way_out = _("Try again in a while. If it stays so, tell the administrator.")
    return NotReady(interpolate(sentence, {"name": shown_name(name)}), [], way_out)


def shown_name(name: str) -> str:
    """A file's name in a sentence."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return typed("".join(sign for sign in last if sign.isprintable())[:NAME_SHOWN])


def size_in_words(size: int) -> str:
    """How large a file is: 340 kB, 2.4 MB, 20 GB."""
    # What would be rounded to a thousand is one of the next unit.
    name, unit = next((name, unit) for name, unit in UNITS if size >= unit * ROUNDED_UP or unit == KILO)
    figure = number(max(size / unit, 1), 0 if unit == KILO else 1) if size % unit else number(size // unit)
    return f"{figure}\u00a0{name}"


def paper_sentences() -> dict[str, str]:
    """What a history says of acts on papers, for records whose page tells its own."""
    return {
        "attach-paper": _("attached a paper"),
        "replace-paper": _("replaced a paper by a newer version"),
        "take-back-paper": _("took a paper back"),
    }
