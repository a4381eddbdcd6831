"""Two people write in one record: whatever order they save in, nobody's saved word is written over unseen."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_portal.foundation.workflow.conflicts import FieldEdit, Merge, merge

FIELDS = ("participants", "source", "reason")


@pytest.mark.parametrize(
    ("mine", "theirs", "known", "written", "asked", "taken"),
    [
        ("a", "a", ("a",), "a", False, False),
        ("b", "a", ("a",), "b", False, False),
        ("a", "c", ("a",), "c", False, True),
        ("b", "c", ("a",), "c", True, False),
        ("c", "c", ("a",), "c", False, False),
        ("d", "b", ("a", "b"), "d", False, False),
        ("b", "c", ("a", "b"), "c", True, False),
        ("b", "c", (), "c", True, False),
        ("", "c", ("",), "c", False, True),
        (Decimal("8.00"), Decimal(8), ("9",), Decimal(8), False, False),
        (None, "", ("x",), "", False, False),
    ],
)
def test_a_field_is_written_taken_or_asked(
    mine: object, theirs: object, known: tuple[object, ...], written: object, asked: bool, taken: bool
) -> None:
    found = merge([FieldEdit("f", mine, theirs, known)])
    assert (found.values["f"], bool(found.asked), bool(found.taken)) == (written, asked, taken)


def test_who_chooses_theirs_gets_what_stands_there_now_and_is_told_if_it_is_another() -> None:
    seen = merge([FieldEdit("f", "mine", "theirs", ("theirs",), "theirs")])
    newer = merge([FieldEdit("f", "mine", "newest", ("theirs",), "theirs")])
    assert (seen, newer.values, [edit.name for edit in newer.taken]) == (Merge({"f": "theirs"}), {"f": "newest"}, ["f"])


@dataclass
class Page:
    """A page as the browser keeps it: what is typed, what the portal told last, and what was sent without an answer."""

    typed: dict[str, str]
    known: dict[str, list[str]]
    shown: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def opened(cls, record: dict[str, str]) -> "Page":
        """The page as the record stood."""
        return cls(dict(record), {n: [v] for n, v in record.items()}, {n: {v} for n, v in record.items()})

    def type(self, name: str, value: str) -> None:
        self.typed[name] = value
        self.shown[name].add(value)

    def send(self) -> list[FieldEdit]:
        """What a save sends; from now on it may have arrived."""
        sent = [FieldEdit(name, self.typed[name], "", tuple(self.known[name])) for name in FIELDS]
        for edit in sent:
            self.known[edit.name].append(edit.mine)
        return sent

    def take_in(self, sent: list[FieldEdit], found: Merge, keeps: bool) -> None:
        """What the portal answered; a question is answered at once."""
        asked = {edit.name: edit.theirs for edit in found.asked}
        taken = {edit.name: edit.theirs for edit in found.taken}
        for edit in sent:
            name = edit.name
            if name in asked:
                self.shown[name].add(asked[name])
                self.known[name] = [asked[name]]
                if not keeps:
                    self.typed[name] = asked[name]
            elif name in taken and self.typed[name] == edit.mine:
                self.typed[name] = taken[name]
                self.known[name] = [taken[name]]
                self.shown[name].add(taken[name])
            elif name not in taken:
                self.known[name] = [edit.mine]


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from(["type", "save", "save-answer-lost", "save-typing-on", "open"]),
        st.sampled_from(FIELDS),
        st.sampled_from(["1", "2", "3", "4"]),
        st.booleans(),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_order_two_people_save_in_nobody_writes_over_what_their_page_has_not_shown(
    steps: list[tuple[int, str, str, str, bool]],
) -> None:
    record = dict.fromkeys(FIELDS, "0")
    pages = [Page.opened(record), Page.opened(record)]
    for who, what, name, value, keeps in steps:
        page = pages[who]
        if what == "type":
            page.type(name, value)
        elif what == "open":
            pages[who] = Page.opened(record)
        else:
            sent = page.send()
            found = merge(FieldEdit(edit.name, edit.mine, record[edit.name], edit.known) for edit in sent)
            for field_name, written in found.values.items():
                assert written == record[field_name] or record[field_name] in page.shown[field_name]
            record.update(found.values)
            if what == "save-typing-on":
                page.type(name, value)
            if what != "save-answer-lost":
                page.take_in(sent, found, keeps)
    for page in pages:
        sent = page.send()
        found = merge(FieldEdit(edit.name, edit.mine, record[edit.name], edit.known) for edit in sent)
        unsaved = {edit.name for edit in found.asked}
        assert all(page.typed[n] == found.values[n] for n in FIELDS if n not in unsaved | {e.name for e in found.taken})
        record.update(found.values)
