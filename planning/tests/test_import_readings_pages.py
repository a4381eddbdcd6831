"""How each answer reads the cells it is about, on the page that checks a file."""

from types import SimpleNamespace

from planning.tests.requesting import Browser
from planning.tests.test_history_import_pages import bring, mapping, on_a_day, year
from sop_portal.tests.page_text import html_of

__all__ = ["on_a_day", "year"]


def test_the_column_of_readings_stands_only_where_the_answers_read_a_cell_differently(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    """Which of two columns of one name is read is no question of how a cell is read."""
    client = as_person(cast.ada)
    named = "department,project,year,participants,participants\nArts,Choir,2024,1,2\nArts,Choir,2025,3,4\n"
    doubtful = "department,project,year,participants\nArts,Choir,2024,2.000\nArts,Choir,2025,3.500\n"
    pages = [html_of(client.get(bring(client, text).headers["Location"], mapping(text))) for text in (named, doubtful)]
    assert ["Some of the cells" in page for page in pages] == [True, True]
    assert ["By each answer" in page for page in pages] == [False, True]
