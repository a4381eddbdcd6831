"""One declaration for template, reading and export: they name the same sheets and columns, in both languages."""

import pkgutil
from importlib import import_module
from inspect import isabstract, isclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation
from python_calamine import CalamineWorkbook

from sop_portal.foundation.organisation.roles import ROLES, Role
from sop_portal.workbook import sheets
from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets import ALL_SHEETS, SHEETS
from sop_portal.workbook.writing.book import book_columns, write_template

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def template(language: str) -> CalamineWorkbook:
    """The template as a spreadsheet program opens it."""
    stream = BytesIO()
    with translation.override(language):
        write_template(stream)
    stream.seek(0)
    return CalamineWorkbook.from_filelike(stream)


def declared() -> set[type[Sheet]]:
    """The sheets that the modules of `sheets/` hold, whether or not somebody reads them."""
    modules = [import_module(f"{sheets.__name__}.{found.name}") for found in pkgutil.iter_modules(sheets.__path__)]
    classes = [value for module in modules for value in vars(module).values() if isclass(value)]
    return {found for found in classes if issubclass(found, Sheet) and found.__module__.startswith(sheets.__name__)}


def test_every_sheet_that_is_declared_has_its_place_among_them() -> None:
    whole = {sheet for sheet in declared() if not isabstract(sheet)}
    assert whole - {type(sheet) for sheet in ALL_SHEETS} == set(), (
        "Give it its place among SHEETS or WORKING_SHEETS of sop_portal/workbook/sheets/__init__.py."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_every_column_of_the_template_is_recognised_again(sheet: Sheet, language: str) -> None:
    with translation.override(language):
        title, names = str(sheet.title), [str(column.name) for column in sheet.columns]
    header = template(language).get_sheet_by_name(title).to_python()[0]
    assert header == names
    expected = {column.key: place for place, column in enumerate(sheet.columns)}
    for reader in LANGUAGES:
        with translation.override(reader):
            assert sheet.suggest(header) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_the_columns_of_a_sheet_fit_no_other_sheet_better(sheet: Sheet, language: str) -> None:
    with translation.override(language):
        header = [str(column.name) for column in sheet.columns]
    scores = {other.key: other.fits(header) for other in SHEETS}
    assert max(scores, key=lambda key: scores[key]) == sheet.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_explains_every_column_with_an_example(language: str) -> None:
    book = template(language)
    rows = book.get_sheet_by_index(0).to_python()
    explained = [row[1] for row in rows[1:] if row[1]]
    with translation.override(language):
        assert explained == [str(column.name) for sheet in SHEETS for column in sheet.columns]
        assert all(str(column.says) for sheet in SHEETS for column in sheet.columns)
    # Only what is blank for nearly everybody has no example.
    assert sum(not row[3] for row in rows[1:] if row[1]) == 2


def test_no_two_sheets_are_called_the_same_in_any_language() -> None:
    titles = [title for sheet in SHEETS for title in sheet.titles]
    assert len(titles) == len(set(titles))


def test_the_drop_down_of_the_roles_offers_every_role() -> None:
    columns = {column.key: column for column in SHEETS[1].columns}
    with translation.override("en"):
        assert columns["role"].holds.choices == [str(role.label) for role in Role]
    assert set(ROLES) == set(Role)


def test_the_drop_down_of_departments_takes_them_from_their_sheet() -> None:
    offered = {column.name: column.offers for column in book_columns(SHEETS[1]) if column.offers}
    assert offered == {"Department": ("Departments", 0)}


def test_the_command_writes_a_template_and_never_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    call_command("template", str(path), "--language", "zh-hans", verbosity=0)
    assert CalamineWorkbook.from_path(str(path)).sheet_names[1] == "部门"
    with pytest.raises(CommandError, match="is there already"):
        call_command("template", str(path))


def test_the_command_writes_a_text_table_for_each_sheet(tmp_path: Path) -> None:
    call_command("template", str(tmp_path / "tables"), "--csv", verbosity=0)
    assert sorted(path.stem for path in (tmp_path / "tables").iterdir()) == sorted(sheet.key for sheet in SHEETS)
