"""What to do with each kind of activity another node sends us.

To handle a new kind: write its function in a module here and add one line to HANDLERS.
"""

from federation import vocabulary as as2
from federation.handlers import (
    answering,
    attending,
    blocking,
    featuring,
    flagging,
    following,
    moving,
    publishing,
    quoting,
    reacting,
)
from federation.handlers.handler import NOTHING, Handler, Ignored, Known, Needs

HANDLERS: dict[type[as2.Activity], Handler] = {
    as2.Follow: Handler(following.on_follow),
    as2.Accept: Handler(answering.on_accept),
    as2.Reject: Handler(answering.on_reject),
    as2.Undo: Handler(reacting.on_undo),
    as2.Create: Handler(publishing.on_create, publishing.needs_of_create),
    as2.Update: Handler(publishing.on_update, publishing.needs_of_update),
    as2.Delete: Handler(publishing.on_delete),
    as2.Announce: Handler(reacting.on_announce, reacting.needs_of_announce),
    as2.Like: Handler(reacting.on_like),
    as2.EmojiReact: Handler(reacting.on_like),
    as2.Block: Handler(blocking.on_block),
    as2.Move: Handler(moving.on_move, moving.needs_of_move),
    as2.Add: Handler(featuring.on_add, featuring.needs_of_add),
    as2.Remove: Handler(featuring.on_remove),
    as2.Join: Handler(attending.on_join),
    as2.Leave: Handler(attending.on_leave),
    as2.Flag: Handler(flagging.on_flag),
    as2.QuoteRequest: Handler(quoting.on_quote_request, quoting.needs_of_quote_request),
}

_LATER = "comes with a part of the network that this node does not have yet"
_POLICY = "asks about an interaction policy; ours allow everything without asking"
_PRESENCE = "tells what somebody looks at or where they are, which is nobody's business here"
_GROUPS = "moderates a group; groups are not here yet"

#: Activities that are taken with a 202 and dropped, each with the reason.
IGNORED: dict[type[as2.Activity], str] = {
    as2.Dislike: "counts only in groups",
    as2.Invite: _LATER,
    as2.Offer: _LATER,
    as2.TentativeAccept: _LATER,
    as2.TentativeReject: _LATER,
    as2.Ignore: _LATER,
    as2.LikeRequest: _POLICY,
    as2.ReplyRequest: _POLICY,
    as2.AnnounceRequest: _POLICY,
    as2.FeatureRequest: _POLICY,
    as2.View: _PRESENCE,
    as2.Read: _PRESENCE,
    as2.Listen: _PRESENCE,
    as2.Arrive: _PRESENCE,
    as2.Travel: _PRESENCE,
    as2.Lock: _GROUPS,
    as2.Warn: _GROUPS,
    as2.ResolveReport: _GROUPS,
}

__all__ = ["HANDLERS", "IGNORED", "NOTHING", "Handler", "Ignored", "Known", "Needs"]
