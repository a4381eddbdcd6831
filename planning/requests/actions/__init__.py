"""What people do in resource planning: ask, submit, decide, allocate, and keep the pools."""

from planning.requests.actions.filling_in import fill_in
from planning.requests.actions.grants import LineDecision, LineRating, grant, score_line
from planning.requests.actions.importance import set_importance
from planning.requests.actions.lines import AskedLine, add_line, change_line, remove_line
from planning.requests.actions.opening import open_late, open_requests, publish_report
from planning.requests.actions.pool_terms import PoolTerms
from planning.requests.actions.pools import add_pool, change_pool, take_out_pool
from planning.requests.actions.releasing import lock_requests_of, release_unused, take_back, take_out
from planning.requests.actions.request import allocate, send_back, submit, waive, withdraw

__all__ = [
    "AskedLine",
    "LineDecision",
    "LineRating",
    "PoolTerms",
    "add_line",
    "add_pool",
    "allocate",
    "change_line",
    "change_pool",
    "fill_in",
    "grant",
    "lock_requests_of",
    "open_late",
    "open_requests",
    "publish_report",
    "release_unused",
    "remove_line",
    "score_line",
    "send_back",
    "set_importance",
    "submit",
    "take_back",
    "take_out",
    "take_out_pool",
    "waive",
    "withdraw",
]
