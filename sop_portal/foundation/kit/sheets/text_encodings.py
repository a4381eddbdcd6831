"""In which encoding a text table is written: said by the file, told by what reads like a language, or asked.

The child reads with it, so it stands on no Django. Letters of Latin script are held against the alphabets of the
languages an encoding is used for; other scripts are told by charset-normalizer, as far as the signs are of the script.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

SAMPLE = 20_000
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ESCAPES = b"\x1b$"
# How much stranger a guess may read than the best one, and how much less it may speak the language it seems to be.
CLEARLY_STRANGER, CLEARLY_LESS_SPOKEN = 0.04, 0.5
# Where one reading is of a Western language, another one has to differ in so many letters to be a doubt.
LETTERS_OF_DOUBT = 2
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f]")

WESTERN = (
    *("äöüß", "àâçéèêëîïôœùûü", "áéíóúüñ", "áâãàçéêíóôõúü", "àèéìíîòóùú", "áäéèëïíöóüú", "åäöéæøü"),
    *("àçèéíïòóúü", "áðéíóúýþæö"),
)
CENTRAL = (*("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"),)
# Which languages of Latin script each encoding is used for.
LATIN = {
    "cp1252": WESTERN,
    "iso8859_15": (*WESTERN, "äöõüšž"),
    "cp850": WESTERN,
    "mac_roman": WESTERN,
    "cp1250": CENTRAL,
    "iso8859_2": CENTRAL,
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž"),
}
TWO_LANGUAGES = ("cp1252", "iso8859_15")
PAIRS = tuple(one + other for one, other in combinations(WESTERN, 2))
PUNCTUATION = frozenset("€£¥§°–—‘’“”„…«»·•¿¡ªº²³½¼¾×±µ©®™\u00a0\u00ad†")
# A sign inside a word or at the wrong end of it is a letter that was read wrongly.
MISREAD = re.compile(r"[^\W\d_][^\w\s\x00-\x7f’·\u00ad]+[^\W\d_]|[^\WlL\d_]·|[^\W\d_][„¿¡]|\b[²³¼½¾ªº]+[^\W\d_]")
WORD = re.compile(r"[^\W\d_]+")
# What the Turkish capital becomes as a small letter.
DOTTED = "i\u0307"
SCRIPTS = {
    **dict.fromkeys(("gb18030", "big5"), r"[\u4e00-\u9fff]"),
    **dict.fromkeys(("cp932", "euc_jp"), r"[\u3040-\u30ff\u4e00-\u9fff々]"),
    "cp949": r"[\uac00-\ud7a3]",
    **dict.fromkeys(("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866"), r"[\u0400-\u04ff]"),
    **dict.fromkeys(("cp1253", "iso8859_7"), r"[\u0370-\u03ff]"),
    **dict.fromkeys(("cp1255", "iso8859_8"), r"[\u05d0-\u05ea]"),
    **dict.fromkeys(("cp1256", "iso8859_6"), r"[\u0600-\u06ff]"),
    "cp874": r"[\u0e00-\u0e7f]",
}
OF_ITS_SCRIPT = 0.9
# What is told apart by plausibility, once it is no UTF-8.
GUESSED = (*LATIN, *SCRIPTS)


class UnknownEncoding(Exception):
    """Raised for text that reads like none in any encoding that is known."""


def decoded(packed: bytes, encoding: str) -> str | None:
    """The text in this encoding, or nothing where it is not written in it."""
    try:
        text = packed.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else text


def encodings_of(packed: bytes) -> list[str]:
    """How the text may be written, the likeliest first; one where there is no doubt."""
    if ESCAPES in packed and decoded(packed, "iso2022_jp") is not None:
        return ["iso2022_jp"]
    certain = next((encoding for mark, encoding in MARKS if packed.startswith(mark)), "utf-8")
    if decoded(packed, certain) is not None:
        return [certain]
    if (unmarked := _without_mark(packed)) and decoded(packed, unmarked) is not None:
        return [unmarked]
    found = _different(packed, _latin(packed) or _of_other_scripts(packed))
    if not found:
        raise UnknownEncoding
    return found


def _without_mark(packed: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of plain letters is nought."""
    sample = packed[:SAMPLE]
    noughts = len(sample) // 4
    if sample[1::2].count(0) > noughts and not sample[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > noughts and not sample[1::2].count(0) else None


def _different(packed: bytes, encodings: Sequence[str]) -> list[str]:
    """Of encodings that say the same of this text the first."""
    texts: dict[str | None, str] = {}
    for encoding in encodings:
        texts.setdefault(decoded(packed, encoding), encoding)
    return list(texts.values())


def _latin(packed: bytes) -> list[str]:
    """Encodings in which all letters belong to the alphabet of one language; a Western one before all others."""
    texts = {encoding: text for encoding in LATIN if (text := _readable(packed, encoding))}
    spoken = {encoding: text for encoding, text in texts.items() if _is_spoken(text, LATIN[encoding])}
    if not spoken:
        # Some files speak two languages.
        return [encoding for encoding in TWO_LANGUAGES if encoding in texts and _is_spoken(texts[encoding], PAIRS)][:1]
    western = next((encoding for encoding in spoken if LATIN[encoding][: len(WESTERN)] == WESTERN), None)
    if western is None:
        return list(spoken)
    letters = set(spoken[western])
    return [
        encoding
        for encoding, text in spoken.items()
        if encoding == western or len(set(text) - letters) >= LETTERS_OF_DOUBT
    ]


def _readable(packed: bytes, encoding: str) -> str | None:
    text = decoded(packed, encoding)
    return None if text is None or CONTROLS.search(text) else text


def _is_spoken(text: str, alphabets: Iterable[str]) -> bool:
    """Whether there is a language that has all letters of the text, most of them plain ones, and no sign in a word."""
    strange = {sign for sign in set(text) if not sign.isascii()}
    letters = {sign.lower() for sign in strange if sign.isalpha() and sign not in PUNCTUATION}
    if any(not sign.isalpha() and sign not in PUNCTUATION for sign in strange) or MISREAD.search(text):
        return False
    words = [word for word in WORD.findall(text) if not word.isascii()]
    plain = sum(sign.isascii() for word in words for sign in word)
    if 2 * plain < sum(map(len, words)) or any(map(_leaps, words)):
        return False
    return any(letters <= {*alphabet, DOTTED} for alphabet in alphabets)


def _leaps(word: str) -> bool:
    """Whether a strange capital stands behind a small letter."""
    return any(one.islower() and other.isupper() and not other.isascii() for one, other in pairwise(word))


def _of_other_scripts(packed: bytes) -> list[str]:
    """Encodings of other scripts in which the text reads like text of that script."""
    # Imported here because hardly any file needs it.
    from charset_normalizer import from_bytes

    strange = b"".join(_strange_lines(packed))
    matches = from_bytes(strange, cp_isolation=list(SCRIPTS))
    found = [match for match in matches if (text := _readable(packed, match.encoding)) and _is_of(match.encoding, text)]
    if not found:
        return []
    best = min(found, key=lambda match: (match.chaos, -match.coherence))
    return [
        match.encoding
        for match in sorted(found, key=lambda match: (match.chaos, -match.coherence))
        if match.chaos <= best.chaos + CLEARLY_STRANGER and match.coherence >= best.coherence * CLEARLY_LESS_SPOKEN
    ]


def _strange_lines(packed: bytes) -> Iterator[bytes]:
    """The first lines that are not plain English, never cut inside a sign."""
    left = SAMPLE
    for line in packed.splitlines(keepends=True):
        if not line.isascii():
            yield line
            left -= len(line)
            if left < 0:
                return


def _is_of(encoding: str, text: str) -> bool:
    """Whether nearly all letters that are not plain ones are of the script the encoding is for."""
    letters = [sign for sign in text[:SAMPLE] if sign.isalpha() and not sign.isascii()]
    own = re.compile(SCRIPTS[encoding])
    return bool(letters) and sum(bool(own.match(sign)) for sign in letters) >= OF_ITS_SCRIPT * len(letters)
