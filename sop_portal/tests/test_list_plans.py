"""Every list, in every order it offers, alone, within a department and within a month: how PostgreSQL reads a page.

An index gives the order and bounds where the page begins: nothing is sorted, and nothing before the page is read. Few
rows stand in a test, so sorting and reading whole tables is made dear; a plan that still does so has no index.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from planning.models import Cycle
from sop_portal.demo.large import build as large
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="It is the plans of PostgreSQL that are read."),
]
# A list with one row for each department is short, and read whole; lines by score, which is worked out of two tables,
# stand in a year that is being allocated.
READ_WHOLE = {"requests", "forecasts", "allocation"}
DEAR = ("enable_seqscan", "enable_sort", "enable_incremental_sort", "enable_bitmapscan", "jit")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEXT_PAGE = re.compile(r'href="(\?[^"]*after=\d+[^"]*)"')


def lists(patterns: Any = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every address of a year whose view stands in a module with an order to choose, with its orders."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from lists(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name and shows_a_list(pattern.callback):
            orders = getattr(import_module(pattern.callback.__module__), "SORTS", None)
            if isinstance(orders, Mapping) and is_of_a_year(pattern.name):
                yield pattern.name, orders


def shows_a_list(view: Any) -> bool:
    """Whether a view turns pages, so that a form beside a list is not taken for one."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return hasattr(view, "__code__") and "paginate" in view.__code__.co_names


def is_of_a_year(name: str) -> bool:
    """Whether a page needs to be told the year and nothing else."""
    try:
        return bool(reverse(name, args=[2026]))
    except NoReverseMatch:
        return False


ORDERS = [
    (name, f"{sign}{order}")
    for name, orders in sorted(lists())
    if name not in READ_WHOLE
    for order in orders
    for sign in ("", "-")
]


@shared_fixture
def large_year(noon: datetime) -> Cycle:
    """Four departments with a hundred projects each, as a year that has run for a while."""
    large.make(4, noon)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Cycle.objects.get()


@pytest.fixture
def emil(large_year: Cycle) -> Client:
    """Management, who sees everything."""
    client = Client()
    client.force_login(User.objects.get(email="emil@example.org"), backend=BACKEND)
    return client


def statement_of(client: Client, address: str) -> tuple[str, str]:
    """The statement that fetches the rows of a page, and the address of the next page."""
    with CaptureQueriesContext(connection) as asked:
        reply = client.get(address)
    assert reply.status_code == 200, address
    fetched = [query["sql"] for query in asked if re.search(r"LIMIT 51\b", query["sql"])]
    following = NEXT_PAGE.search(reply.content.decode())
    return fetched[-1], following.group(1).replace("&amp;", "&") if following else ""


def steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A plan, from its top to its leaves."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def faults(statement: str) -> list[str]:
    """What is sorted, and where the beginning of a page is looked for row by row."""
    with connection.cursor() as cursor:
        for setting in DEAR:
            cursor.execute(f"SET LOCAL {setting} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        told = cursor.fetchone()[0]
        for setting in DEAR:
            cursor.execute(f"SET LOCAL {setting} = on")
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    sorted_by = [f"sorts by {step['Sort Key']}" for step in steps(plan) if "Sort" in step["Node Type"]]
    return sorted_by + [f"filters by {step['Filter']}" for step in steps(plan) if "ROW(" in step.get("Filter", "")]


@pytest.mark.walk
@pytest.mark.parametrize("within", ["", "&department=branch-002", "&month=2026-08"])
@pytest.mark.parametrize(("name", "order"), ORDERS)
def test_every_order_a_list_offers_has_its_index(
    large_year: Cycle, emil: Client, name: str, order: str, within: str
) -> None:
    address = f"{reverse(name, args=[large_year.year])}?sort={order}{within}"
    if emil.get(address).status_code == 422:
        pytest.skip("This list is not narrowed so.")
    first, following = statement_of(emil, address)
    found = {"first page": faults(first)}
    if following:
        found["next page"] = faults(statement_of(emil, address.partition("?")[0] + following)[0])
    assert found == {page: [] for page in found}


def test_the_lists_of_every_stage_are_looked_at() -> None:
    assert {name for name, _order in ORDERS} >= {"projects", "appropriations", "expenses", "progress", "evaluations"}


@pytest.mark.parametrize("index", ["planning_requestline_by_parts_of_words", "budgets_expense_by_parts_of_words"])
def test_a_search_reads_none_of_the_large_tables_whole(large_year: Cycle, emil: Client, index: str) -> None:
    table = index.partition("_by_")[0]
    with CaptureQueriesContext(connection) as asked:
        assert emil.get("/search/?q=Project%20042").status_code == 200
    (searched,) = (query["sql"] for query in asked if query["sql"].startswith(f'SELECT DISTINCT "{table}"'))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(f"EXPLAIN {searched}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = on")
        cursor.execute("SET LOCAL enable_indexscan = on")
    assert index in plan
    assert "Seq Scan" not in plan
