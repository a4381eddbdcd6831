from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sop_portal.foundation.kit.bounds import COUNT
from sop_portal.foundation.kit.money import (
    AmountField,
    CountField,
    MoneyField,
    QuantityField,
    parse_amount,
    places_of,
    split_evenly,
)

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234", "1234"),
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("  12 ", "12"),
        ("\u300012\u3000", "12"),
        ("0", "0"),
        ("0.00", "0.00"),
        ("007", "7"),
        ("９，９９９．５０", "9999.50"),
        ("１２３４．５", "1234.5"),
        ("9999999999999.99", "9999999999999.99"),
        ("0000000000000000000000001", "1"),
    ],
)
def test_plain_amounts_are_read_exactly(typed: str, amount: str) -> None:
    parsed = parse_amount(typed, places=2)
    assert (parsed, str(parsed.normalize())) == (Decimal(amount), str(Decimal(amount).normalize()))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter a number."),
        ("   ", "Enter a number."),
        ("abc", "“abc” is not a number. Write digits only, for example 1234.50."),
        ("nan", "“nan” is not a number. Write digits only, for example 1234.50."),
        ("-Infinity", "“-Infinity” is not a number. Write digits only, for example 1234.50."),
        ("1e5", "“1e5” is written with an exponent. Write all its digits."),
        ("1.5E-3", "“1.5E-3” is written with an exponent. Write all its digits."),
        ("1_000", "“1_000” has an underscore in it. Write 1234.50 or 1,234.50."),
        ("+5", "“+5” begins with a plus sign. Leave it out."),
        ("a dozen", "“a dozen” is not a number. Write digits only, for example 1234.50."),
        ("1 234", "“1 234” has a blank between the digits. Write 1234.50 or 1,234.50."),
        ("1\u00a0234", "“1\u00a0234” has a blank between the digits. Write 1234.50 or 1,234.50."),
        ("１ ２", "“1 2” has a blank between the digits. Write 1234.50 or 1,234.50."),
        ("٣٤", "“٣٤” is not written in the digits 0 to 9. Write for example 1234.50."),
        ("१२", "“१२” is not written in the digits 0 to 9. Write for example 1234.50."),
        ("三百", "“三百” is not written in the digits 0 to 9. Write for example 1234.50."),
        ("5-", "“5-” has a minus sign in the wrong place."),
        ("--5", "“--5” has a minus sign in the wrong place."),
        ("1.2.3", "“1.2.3” has more than one point. Only the decimals come after a point: 1,234.50."),
        ("1.234.567", "“1.234.567” has more than one point. Only the decimals come after a point: 1,234.50."),
        ("12,34", "The commas in “12,34” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        ("1,23,456", "The commas in “1,23,456” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        ("1234,567", "The commas in “1234,567” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        ("0,500", "The commas in “0,500” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        ("1.234,50", "The commas in “1.234,50” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        (",500", "The commas in “,500” do not part groups of three digits. Write 1234.50 or 1,234.50."),
        (".5", "“.5” needs a digit before and after the point, for example 0.50."),
        ("5.", "“5.” needs a digit before and after the point, for example 0.50."),
        ("$5", "“$5” is not a number. Write digits only, for example 1234.50."),
        ("0x10", "“0x10” is not a number. Write digits only, for example 1234.50."),
        ("=1+1", "“=1+1” is not a number. Write digits only, for example 1234.50."),
        ("1\0", "“1\0” is not a number. Write digits only, for example 1234.50."),
        ("0.005", "“0.005” has too many decimals. Write at most 2 after the point."),
        ("1.500", "“1.500” has too many decimals. Write at most 2 after the point."),
        ("-5", "“-5” is negative. Enter zero or more."),
        ("－5", "“-5” is negative. Enter zero or more."),
        ("-0", "“-0” is negative. Enter zero or more."),
        ("12345678901234", "This number is too long. It may have at most 13 digits before the point."),
        ("9" * 5000, "This number is too long. It may have at most 13 digits before the point."),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(typed, places=2)
    assert refused.value.messages == [says]


def test_five_thousand_digits_are_refused_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.money.AMOUNT", None)
    with pytest.raises(ValidationError, match="too long"):
        parse_amount("9" * 5000, places=2)


@pytest.mark.parametrize("typed", ["-0", "-0.00", "−0"])
def test_minus_nought_is_nought_where_negatives_are_allowed(typed: str) -> None:
    assert str(parse_amount(typed, places=2, allow_negative=True)) in {"0", "0.00"}


def test_a_currency_without_places_takes_whole_amounts_only() -> None:
    assert parse_amount("1,500", places=0) == Decimal(1500)
    with pytest.raises(ValidationError) as refused:
        parse_amount("1500.5", places=0)
    assert refused.value.messages == ["“1500.5” has decimals. Enter a whole number."]


@given(AMOUNTS)
def test_every_amount_the_portal_prints_is_read_back(amount: Decimal) -> None:
    for printed in (f"{amount:,.2f}", f"{amount:.2f}", f"{amount:,.2f}".replace("-", "−")):
        assert parse_amount(printed, places=2, allow_negative=True) == amount


@given(st.text(max_size=80))
def test_no_typed_text_breaks_the_parser(text: str) -> None:
    try:
        parsed = parse_amount(text, places=2)
    except ValidationError as refused:
        sentences, parsed = refused.messages, Decimal(0)
    else:
        sentences = []
    assert all(sentence.endswith(".") for sentence in sentences)
    assert parsed.is_finite()
    assert parsed >= 0
    assert parsed == round(parsed, 2)


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        ("USD", 2), ("CNY", 2), ("JPY", 0), ("KWD", 3), ("jpy", 0), ("XXX", 2), ("CLP", 0), ("ISK", 0), ("XOF", 0),
        ("TND", 3), ("CLF", 4),
        # Coins are out of use, invoices still count them.
        ("RSD", 2), ("rsd", 2), ("LBP", 2), ("ALL", 2), ("IQD", 3),
    ],
)  # fmt: skip
def test_places_follow_the_currency(currency: str, places: int) -> None:
    assert places_of(currency) == places


@given(AMOUNTS, st.integers(1, 400))
def test_parts_sum_to_the_total_to_the_last_cent(total: Decimal, count: int) -> None:
    parts = split_evenly(total, count, 2)
    assert (len(parts), sum(parts)) == (count, total)
    assert max(parts) - min(parts) <= Decimal("0.01")
    assert all(part == round(part, 2) for part in parts)


def test_a_hundred_in_three_parts() -> None:
    assert split_evenly(Decimal(100), 3, 2) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split_evenly(Decimal(100), 3, 0) == [Decimal(34), Decimal(33), Decimal(33)]


@pytest.mark.parametrize(("total", "count"), [(Decimal("0.005"), 2), (Decimal(1), 0)])
def test_an_impossible_split_is_refused(total: Decimal, count: int) -> None:
    with pytest.raises(ValueError, match=r"decimal places|one part or more"):
        split_evenly(total, count, 2)


class Bill(forms.Form):
    amount = AmountField(required=False)
    hours = QuantityField(required=False)
    people = CountField(required=False, bound=COUNT.at_least(1))


def test_a_form_reads_amount_hours_and_count() -> None:
    bill = Bill({"amount": "1,234.50", "hours": "7.25", "people": "12"})
    assert bill.is_valid()
    assert bill.cleaned_data == {"amount": Decimal("1234.50"), "hours": Decimal("7.25"), "people": 12}
    assert type(bill.cleaned_data["people"]) is int


def test_blank_is_unknown_and_not_zero() -> None:
    bill = Bill({"amount": " ", "hours": ""})
    assert bill.is_valid()
    assert bill.cleaned_data == {"amount": None, "hours": None, "people": None}


def test_a_refused_amount_stays_in_the_field_as_typed() -> None:
    bill = Bill({"amount": "12,50", "people": "0"})
    assert bill.errors["people"] == ["Enter 1 or more."]
    assert 'value="12,50"' in str(bill["amount"])


def test_a_stored_amount_is_shown_with_its_places_and_unchanged_when_posted_back() -> None:
    initial = {"amount": Decimal("1E+3"), "hours": Decimal("7.5"), "people": Decimal("12.00")}
    shown = {name: Bill(initial=initial)[name].field.prepare_value(value) for name, value in initial.items()}
    assert shown == {"amount": "1000.00", "hours": "7.50", "people": "12"}
    assert Bill(shown, initial=initial).has_changed() is False
    assert Bill(shown | {"amount": "1000.01"}, initial=initial).changed_data == ["amount"]


def test_the_keyboard_of_a_phone_shows_figures() -> None:
    assert 'inputmode="decimal"' in str(Bill()["amount"])
    assert 'inputmode="numeric"' in str(Bill()["people"])


def test_a_money_column_takes_fifteen_digits_and_two_places() -> None:
    field = MoneyField()
    assert (field.max_digits, field.decimal_places) == (15, 2)
    form_field = field.formfield()
    assert isinstance(form_field, AmountField)
    assert form_field.clean("1,000.00") == Decimal(1000)
    assert field.deconstruct()[1:] == (
        "sop_portal.foundation.kit.money.MoneyField",
        [],
        {"max_digits": 15, "decimal_places": 2},
    )


@pytest.mark.parametrize(("value", "error"), [(1.5, TypeError), (Decimal("0.005"), ValueError)])
def test_money_is_never_rounded_on_its_way_into_the_database(value: object, error: type[Exception]) -> None:
    from django.db import connection

    field = MoneyField()
    field.name = "spent"
    with pytest.raises(error, match="spent is money"):
        field.get_db_prep_save(value, connection)
    assert field.get_db_prep_save(Decimal("12.500"), connection) == Decimal("12.50")
