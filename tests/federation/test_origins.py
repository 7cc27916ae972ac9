import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Malformed
from federation.origins import canonical_host, join, origin, read_url, same_origin
from tests.shared import shared_json


def test_the_shared_vectors_agree_about_what_shares_an_origin() -> None:
    cases = shared_json("vectors", "origins", "same-origin.json")["cases"]
    assert cases
    wrong = [case for case in cases if same_origin(case["a"], case["b"]) is not case["same"]]
    assert wrong == []


def test_an_address_is_read_into_its_canonical_form() -> None:
    address = read_url("HTTPS://Bücher.Example:443?q=ä b".replace(" ", "%20") + "#Part")
    assert (address.scheme, address.host, address.port) == ("https", "xn--bcher-kva.example", 443)
    assert (address.target, address.fragment) == ("/?q=%C3%A4%20b", "Part")
    assert str(address) == "https://xn--bcher-kva.example/?q=%C3%A4%20b"
    assert (address.domain, address.origin) == ("xn--bcher-kva.example", "https://xn--bcher-kva.example")


def test_a_port_of_its_own_belongs_to_the_domain() -> None:
    address = read_url("http://127.0.0.2:8001/x", allow_http=True)
    assert address.domain == canonical_host("127.0.0.2:8001") == "127.0.0.2:8001"
    assert str(address.literal) == "127.0.0.2"
    assert read_url("https://[2001:DB8:0::1]:8443/").domain == "[2001:db8::1]:8443"
    assert read_url("https://a.example:80/").domain == "a.example:80"


def test_what_is_encoded_already_stays_as_it_is() -> None:
    for url in ("https://a.example/%7Ex/%2F?a[]=1&b=%zz", "https://a.example/a/../b", "https://a.example//x"):
        assert str(read_url(url)) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "//a.example/",
        "https:a.example",
        "https:///x",
        "https://",
        "https://?x",
        "https://user@a.example/",
        "https://user:word@a.example/",
        "https://a.example\\@evil.example/",
        "https://a.example\\.evil.example/",
        "https://a.example/\\x",
        "https://a.exa\tmple/",
        "https://a.example/\r\nx",
        " https://a.example/",
        "https://a.example/ x",
        "https://a.example/\x00",
        "https://a.example/\u2028",
        "https://a.example/\ud800",
        "https://a.example%2eevil.example/",
        "https://%61.example/",
        "https://a。example/",
        "https://a．example/",
        "https://a｡example/",
        "https://ａ.example/",
        "https://a.example./",
        "https://.a.example/",
        "https://a..example/",
        "https://-a.example/",
        f"https://{'a' * 64}.example/",
        f"https://{'a.' * 130}example/",
        f"https://a.example/{'x' * 5000}",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example:0443/",
        "https://a.example:/",
        "https://a.example:４４３/",
        "https://a.example:8a/",
        "https://xn--/",
        "https://xn--a/",
        "https://xn--a-.example/",
        "https://xn--99999999999.example/",
        "https://\u200b.example/",
        "https://①②⑦.0.0.1/",
        "https://[/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://a.0x1/",
        "https://0/",
        "httpſ://a.example/",
        "ftp://a.example/",
        "{foo:",
        "javascript:alert(1)",
        "http://a.example/",
    ],
)
def test_an_address_that_programs_read_differently_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_url(text)
    if not text.startswith("http://"):
        assert not same_origin(text, text)


def test_http_is_only_read_where_it_is_allowed() -> None:
    assert read_url("http://a.example", allow_http=True).port == 80


def test_a_domain_that_consists_of_an_emoji_is_a_domain() -> None:
    assert read_url("https://xn--qei.example/").host == "xn--qei.example"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/c?d", "https://a.example/c?d"),
        ("c", "https://a.example/x/c"),
        ("../c", "https://a.example/c"),
        ("?c", "https://a.example/x/y?c"),
        ("//b.example", "https://b.example/"),
        ("https://b.example/c#d", "https://b.example/c"),
    ],
)
def test_a_relative_redirect_is_read_from_where_it_was_sent(location: str, expected: str) -> None:
    assert str(join(read_url("https://a.example/x/y?z"), location)) == expected


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/x\r\ny",
        "https:///x",
        "https:x",
        "file:///etc/passwd",
        "///x",
        "//u@b.example/",
        "//[",
        "http://b.example/",
    ],
)
def test_a_redirect_to_nowhere_is_refused(location: str) -> None:
    with pytest.raises(Malformed):
        join(read_url("https://a.example/x/y"), location)


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/apgateway/did:key:z6MkExample/actor",
        "/.well-known/apgateway/did%3Akey%3Az6MkExample/actor",
        "/.well-known/%61pgateway/did:key:z6MkExample/actor",
        "//.well-known/./apgateway//did:key:z6MkExample/actor",
        "/x/../.well-known/apgateway/did:key:z6MkExample",
    ],
)
def test_what_a_gateway_serves_belongs_to_its_did_however_the_path_is_written(path: str) -> None:
    assert origin(f"https://gw.example{path}") == "did:key:z6MkExample"
    assert same_origin(f"https://gw.example{path}", "ap://did:key:z6MkExample/x")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("A.Example", "a.example"),
        ("a.example.", "a.example"),
        ("a.example:443", "a.example"),
        ("a.example.:443", "a.example"),
        ("a.example:80", "a.example"),
        ("a.example:8443", "a.example:8443"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.EXAMPLE", "xn--bcher-kva.example"),
        ("ａ．example", "a.example"),
        ("a。example", "a.example"),
        ("[::1]:8001", "[::1]:8001"),
    ],
)
def test_a_domain_has_one_form_however_it_is_written(text: str, host: str) -> None:
    assert canonical_host(text) == host
    assert canonical_host(host) == host


@pytest.mark.parametrize(
    "text", ["", ".", "a/b.example", "https://a.example", "u@a.example", "a b", "a..b", "x" * 300]
)
def test_what_is_not_a_domain_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        canonical_host(text)


def test_nothing_unreadable_has_an_origin() -> None:
    assert not same_origin(None, None)
    assert not same_origin(7, 7)
    assert not same_origin("x", "x")


URLISH = st.one_of(
    st.text(),
    st.builds(
        "https://{}{}{}".format, st.text(), st.sampled_from(["", ":", ":1", "/", "?", "#", "@"]), st.text()
    ),
    st.builds(
        "{}://{}.{}/{}".format,
        st.sampled_from(["https", "HTTP", "ap"]),
        st.text(max_size=8),
        st.sampled_from(["example", "xn--a", "com.", "7", "中国"]),
        st.text(max_size=8),
    ),
    st.from_regex(r"https://(xn--)?[a-z0-9.-]{1,20}(:[0-9]{1,6})?(/[ -~]{0,10})?", fullmatch=True),
)


@given(URLISH)
def test_any_text_is_an_address_in_a_stable_form_or_malformed(text: str) -> None:
    try:
        address = read_url(text, allow_http=True)
    except Malformed:
        assert not same_origin(text, text) or text.startswith("ap")
        return
    again = read_url(str(address), allow_http=True)
    assert str(again) == str(address)
    assert (again.host, again.port, again.target) == (address.host, address.port, address.target)
    assert str(address).isascii()
    assert canonical_host(address.host if ":" not in address.host else f"[{address.host}]")
    assert same_origin(text, str(address))


@given(URLISH)
def test_any_redirect_is_an_address_or_malformed(text: str) -> None:
    base = read_url("https://a.example/x/y?z")
    try:
        joined = join(base, text, allow_http=True)
    except Malformed:
        return
    assert str(read_url(str(joined), allow_http=True)) == str(joined)


@given(st.text())
def test_any_domain_has_a_stable_form_or_is_malformed(text: str) -> None:
    try:
        host = canonical_host(text)
    except Malformed:
        return
    assert canonical_host(host) == host
