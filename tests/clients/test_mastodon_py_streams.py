"""Mastodon.py listens: server-sent events, a WebSocket, and encrypted messages of Web Push."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from mastodon import StreamListener

from tests.clients.live import eventually
from tests.clients.programs import Program, untyped

pytestmark = pytest.mark.processes

SOON = 30.0


class Listener(StreamListener):  # type: ignore[misc]
    """Keeps what is heard."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.is_connected = threading.Event()

    def handle_heartbeat(self) -> None:
        self.is_connected.set()

    def on_update(self, status: Any) -> None:
        self.heard.put(("update", status))

    def on_status_update(self, status: Any) -> None:
        self.heard.put(("status.update", status))

    def on_delete(self, status_id: Any) -> None:
        self.heard.put(("delete", status_id))

    def on_notification(self, notification: Any) -> None:
        self.heard.put(("notification", notification))

    def on_conversation(self, conversation: Any) -> None:
        self.heard.put(("conversation", conversation))

    def on_filters_changed(self) -> None:
        self.heard.put(("filters_changed", None))

    def on_abort(self, err: Any) -> None:
        self.heard.put(("abort", err))

    def next(self, name: str) -> Any:
        """Wait for the next event of a name, passing over others."""
        passed = []
        while True:
            try:
                heard, what = self.heard.get(timeout=SOON)
            except queue.Empty:
                raise AssertionError(f"no {name} was heard, only {passed}") from None
            assert heard != "abort", what
            if heard == name:
                faults = list(untyped(what, name))
                assert not faults, "\n".join(faults)
                return what
            passed.append(heard)


@contextmanager
def listening(
    program: Program, stream: Callable[..., Any], make_news: Callable[[], Any]
) -> Iterator[Listener]:
    """Listen for a while. Closing a stream takes until something is heard, so there is news until it is."""
    listener = Listener()
    handle = stream(listener, run_async=True, timeout=60)
    try:
        # It connects in a thread of its own; the first thing said there is that it listens.
        assert listener.is_connected.wait(SOON)
        yield listener
    except AssertionError as error:
        error.add_note(f"The node logged:\n{program.live.log.read_text('utf-8')[-5000:]}")
        raise
    finally:
        closing = threading.Thread(target=handle.close)
        closing.start()
        while closing.is_alive():
            make_news()
            closing.join(0.2)


def follow_the_news(amina: Program, baraka: Program, listener: Listener) -> None:
    """Do what a stream tells of, and hear it told."""
    posted = amina.status_post("Streamed #Streamed")
    while listener.next("update").id != posted.id:
        pass
    edited = amina.status_update(posted, "Streamed and edited #Streamed")
    assert listener.next("status.update").content == edited.content
    baraka.status_favourite(posted)
    notification = listener.next("notification")
    assert (notification.type, notification.status.id) == ("favourite", posted.id)
    amina.delete_filter_v2(
        amina.create_filter_v2("Streamed", ["home"], "warn", keywords_attributes=[{"keyword": "weather"}])
    )
    listener.next("filters_changed")
    amina.status_delete(posted)
    assert listener.next("delete") == posted.id


def test_events_are_sent_as_they_happen(amina: Program, baraka: Program) -> None:
    # GET /api/v1/streaming/user
    assert amina.stream_healthy() is True
    with listening(amina, amina.api.stream_user, lambda: amina.status_post("The end")) as listener:
        follow_the_news(amina, baraka, listener)


def test_a_websocket_brings_the_same_events(amina: Program, baraka: Program) -> None:
    # GET /api/v1/streaming
    listener = Listener()
    socket = amina.api.stream_open_websocket(listener, timeout=60)
    try:
        amina.api.stream_user(listener, websocket_handle=socket)
        # Nobody says that a subscription was heard; what was told before it is heard is not.
        eventually(lambda: amina.status_post("Anybody there?") and not listener.heard.empty(), SOON)
        follow_the_news(amina, baraka, listener)
    finally:
        socket.close()


def test_notifications_have_a_stream_without_anything_else(amina: Program, baraka: Program) -> None:
    # GET /api/v1/streaming/user/notification
    posted = amina.status_post("To be liked")

    def like() -> None:
        baraka.status_unfavourite(posted)
        baraka.status_favourite(posted)

    with listening(amina, amina.api.stream_user_notifications, like) as listener:
        like()
        assert listener.next("notification").type == "favourite"


def test_conversations_have_a_stream_of_their_own(amina: Program, baraka: Program) -> None:
    def write() -> None:
        baraka.status_post("Between us, @amina", visibility="direct")

    # What strangers write privately waits.
    amina.account_follow(baraka.me())
    with listening(amina, amina.api.stream_direct, write) as listener:
        write()
        assert listener.next("conversation").last_status.visibility == "direct"
    amina.account_unfollow(baraka.me())


@pytest.mark.parametrize("name", ["stream_public", "stream_local"])
def test_public_streams_bring_what_is_public(amina: Program, baraka: Program, name: str) -> None:
    def write() -> Any:
        baraka.status_post("Between us, @amina", visibility="direct")
        return baraka.status_post("For everybody")

    with listening(amina, getattr(amina.api, name), write) as listener:
        posted = write()
        assert listener.next("update").id == posted.id


def test_a_hashtag_and_a_list_have_streams(amina: Program, baraka: Program) -> None:
    def write() -> Any:
        return baraka.status_post("At the #Harbour")

    amina.account_follow(baraka.me())
    made = amina.list_create("Streamed")
    amina.list_accounts_add(made, [baraka.me()])
    streams = (
        partial(amina.api.stream_hashtag, "harbour"),
        partial(amina.api.stream_hashtag, "harbour", local=True),  # /api/v1/streaming/hashtag/local
        partial(amina.api.stream_list, made),
    )
    for stream in streams:
        with listening(amina, stream, write) as listener:
            posted = write()
            assert listener.next("update").id == posted.id
    amina.list_delete(made)
    amina.account_unfollow(baraka.me())


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message as a push service gets it."""

    headers: dict[str, str]
    body: bytes


@contextmanager
def push_service() -> Iterator[tuple[str, "queue.Queue[Pushed]"]]:
    """Serve an address that takes messages."""
    arrived: queue.Queue[Pushed] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.put(Pushed({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/push", arrived
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_push_message_is_decrypted_by_its_reader(amina: Program, baraka: Program) -> None:
    private, public = amina.api.push_subscription_generate_keys()
    with push_service() as (address, arrived):
        subscription = amina.push_subscription_set(
            address, public, mention_events=True, favourite_events=False, policy="all"
        )
        assert subscription.alerts.mention is True
        assert subscription.server_key == amina.instance_v2().configuration.vapid.public_key
        assert amina.push_subscription().endpoint == address
        posted = amina.status_post("Push me")
        baraka.status_favourite(posted)
        baraka.status_reply(posted, "Pushed")
        message = arrived.get(timeout=SOON)
        assert message.headers["content-encoding"] == "aesgcm"
        assert int(message.headers["ttl"]) > 0
        told = amina.api.push_subscription_decrypt_push(
            message.body, private, message.headers["encryption"], message.headers["crypto-key"]
        )
        assert told.notification_type == "mention"
        assert told.access_token == amina.api.access_token
        assert amina.notifications(told.notification_id)["status"]["content"].find("Pushed") > 0
        assert amina.push_subscription_update(mention_events=False).alerts.mention is False
        amina.push_subscription_delete()
