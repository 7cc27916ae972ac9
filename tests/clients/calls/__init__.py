"""How each method of tiers A and B is called, by whom, and what it answers.

Words in braces stand for something in the scene; those that begin with `new_` are made for each call.
"""

from dataclasses import replace

from tests.clients.calls.filters import FILTERS
from tests.clients.calls.kinds import Call
from tests.clients.calls.node import NODE
from tests.clients.calls.notifications import NOTIFICATIONS
from tests.clients.calls.people import PEOPLE
from tests.clients.calls.statuses import STATUSES
from tests.clients.calls.timelines import TIMELINES

CALLS: dict[str, Call] = {
    **PEOPLE,
    **STATUSES,
    **TIMELINES,
    **FILTERS,
    **NOTIFICATIONS,
    **NODE,
}

SPECIAL: dict[str, str] = {
    "GET /oauth/authorize": "clients/test_contract.py::test_a_member_signs_in_and_lets_a_program_in",
    "POST /oauth/token": "clients/test_contract.py::test_a_member_signs_in_and_lets_a_program_in",
    "POST /oauth/revoke": "clients/test_contract.py::test_a_revoked_token_opens_nothing",
    "GET /.well-known/host-meta": "clients/test_contract.py::test_host_meta_says_where_webfinger_is",
    "GET /api/v1/streaming/health": "clients/test_contract.py::test_streaming_is_healthy",
    "GET /api/v1/streaming": "clients/test_contract.py::test_streaming_without_an_upgrade_is_not_found",
    "GET /api/v1/streaming/user": "clients/test_mastodon_py_streams.py::test_events_are_sent_as_they_happen",
}
"""Methods that do not answer with JSON alone, and the tests that call them."""

UPDATES: dict[str, Call] = {
    f"{other} {name.partition(' ')[2]}": replace(call)
    for name, call in CALLS.items()
    for verb, other in (("PUT", "PATCH"), ("PATCH", "PUT"))
    if name.startswith(f"{verb} ")
}
"""Every update with the verb that is not documented, which clients send as well."""
