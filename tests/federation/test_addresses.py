from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.addresses import AddressGuard, is_public
from federation.errors import FederationError, Malformed, Refused
from federation.origins import join, read_url
from tests.shared import shared_json

STRICT = AddressGuard()
LOOSE = AddressGuard((ip_network("127.0.0.0/8"), ip_network("fd00::/8")), allow_http=True)


def vectors(name: str) -> Any:
    return shared_json("vectors", "ssrf", "addresses.json")[name]


def test_every_blocked_address_of_the_shared_vectors_is_refused_in_a_url_and_behind_a_name() -> None:
    for text in vectors("blocked"):
        with pytest.raises(Refused):
            STRICT.check_addresses([ip_address(text)])
        with pytest.raises(Refused):
            STRICT.check_addresses([ip_address("93.184.216.34"), ip_address(text)])
        with pytest.raises(Refused):
            STRICT.check_url(read_url(f"https://{f'[{text}]' if ':' in text else text}/"))


def test_every_allowed_address_of_the_shared_vectors_is_allowed() -> None:
    for text in vectors("allowed"):
        STRICT.check_addresses([ip_address(text)], host="a.example")


def test_every_form_of_url_in_the_shared_vectors_is_refused() -> None:
    for case in vectors("url_forms_to_refuse"):
        for url in (case["url"], case["url"].replace("http:", "https:")):
            if "nip.io" in url and url.startswith("https"):
                continue  # An honest name that leads to a bad address, which the resolver tells.
            with pytest.raises(FederationError):
                STRICT.check_url(read_url(url))


def test_every_address_stays_refused_where_http_is_allowed() -> None:
    guard = AddressGuard(allow_http=True)
    for case in vectors("url_forms_to_refuse"):
        if case["url"].startswith("http") and "nip.io" not in case["url"] and "policy" not in case["why"]:
            with pytest.raises(FederationError):
                guard.check_url(read_url(case["url"], allow_http=True))


def test_a_redirect_is_checked_like_any_address() -> None:
    for case in vectors("redirect_cases"):
        location = case.get("location")
        if location and location != case["from"]:
            with pytest.raises(FederationError):
                STRICT.check_url(join(read_url(case["from"]), location))


def test_one_private_address_among_several_refuses_them_all() -> None:
    for case in vectors("dns_cases"):
        if case["name"] == "mixed.example":
            with pytest.raises(Refused):
                STRICT.check_addresses(map(ip_address, case["answers"]), host=case["name"])


@pytest.mark.parametrize("text", ["64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_an_address_that_carries_a_public_one_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text", ["64:ff9b::a00:1", "::ffff:10.0.0.1", "::8.8.8.8", "2002:808:808::1", "2001::1"]
)
def test_an_address_that_carries_a_private_one_or_that_nobody_uses_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_nothing_outside_the_global_range_is_public_unless_it_carries_ipv4(address: IPv6Address) -> None:
    if is_public(address):
        assert (
            address in ip_network("2000::/3") or address in ip_network("64:ff9b::/96") or address.ipv4_mapped
        )


def test_only_the_port_of_https_is_contacted() -> None:
    STRICT.check_url(read_url("https://a.example/"))
    for port in (22, 25, 80, 6379, 8443):
        with pytest.raises(Refused):
            STRICT.check_url(read_url(f"https://a.example:{port}/"))
    LOOSE.check_url(read_url("https://a.example:8443/"))


def test_allowed_networks_may_be_contacted_by_address_port_and_http() -> None:
    LOOSE.check_url(read_url("http://127.0.0.2:8001/", allow_http=True))
    LOOSE.check_url(read_url("http://[fd00::1]:8001/", allow_http=True))
    LOOSE.check_addresses([ip_address("127.0.0.2"), ip_address("::ffff:127.0.0.3"), ip_address("1.1.1.1")])
    for url in ("http://10.0.0.1/", "http://1.1.1.1/"):
        with pytest.raises(Refused):
            LOOSE.check_url(read_url(url, allow_http=True))
    with pytest.raises(Refused):
        LOOSE.check_addresses([ip_address("10.0.0.1")])


def test_allowing_a_network_does_not_allow_http() -> None:
    guard = AddressGuard((ip_network("127.0.0.0/8"),))
    guard.check_url(read_url("https://127.0.0.1:8443/"))
    with pytest.raises(Refused):
        guard.check_url(read_url("http://127.0.0.1/", allow_http=True))
    with pytest.raises(Refused):
        guard.check_url(read_url("https://a.example:8443/"))


@pytest.mark.parametrize("host", ["intranet", "localhost", "node.internal", "printer.local", "x.onion"])
def test_a_name_that_is_not_public_may_only_lead_into_an_allowed_network(host: str) -> None:
    url = read_url(f"https://{host}/")
    with pytest.raises(Refused):
        STRICT.check_url(url)
    LOOSE.check_url(url)
    LOOSE.check_addresses([ip_address("127.0.0.1")], host=host)
    with pytest.raises(Refused):
        LOOSE.check_addresses([ip_address("93.184.216.34")], host=host)


def test_a_name_that_only_ends_like_one_of_the_refused_is_public() -> None:
    STRICT.check_url(read_url("https://notlocal.example/"))
    STRICT.check_url(read_url("https://mylocal.org/"))
    with pytest.raises(Malformed):
        read_url("https://localhost./")
