"""How the node describes itself, and how programs are registered."""

from typing import Any

from tests.clients.calls.kinds import Call, Who, constant, public
from tests.clients.entities.instance import (
    ExtendedDescription,
    Instance,
    InstanceV1,
    NamedLanguage,
    NodeInfo,
    NodeInfoLinks,
    PrivacyPolicy,
    Rule,
    WebFinger,
)
from tests.clients.entities.oauth import Application, CredentialApplication, ServerMetadata
from tests.clients.entities.values import Word

NODE: dict[str, Call] = {
    "GET /api/v2/instance": public("/api/v2/instance", Instance),
    "GET /api/v1/instance": public("/api/v1/instance", InstanceV1),
    "GET /api/v1/instance/peers": constant("/api/v1/instance/peers", list[Word]),
    "GET /api/v1/instance/rules": public("/api/v1/instance/rules", list[Rule], "", "rule"),
    "GET /api/v1/instance/extended_description": public(
        "/api/v1/instance/extended_description", ExtendedDescription
    ),
    "GET /api/v1/instance/privacy_policy": public("/api/v1/instance/privacy_policy", PrivacyPolicy),
    "GET /api/v1/instance/languages": public("/api/v1/instance/languages", list[NamedLanguage]),
    "GET /api/v1/custom_emojis": constant("/api/v1/custom_emojis", list[Any]),
    "GET /.well-known/webfinger": public(
        "/.well-known/webfinger", WebFinger, resource="acct:amina@node.example"
    ),
    "GET /.well-known/nodeinfo": public("/.well-known/nodeinfo", NodeInfoLinks),
    "GET /nodeinfo/2.0": public("/nodeinfo/2.0", NodeInfo),
    "GET /.well-known/oauth-authorization-server": public(
        "/.well-known/oauth-authorization-server", ServerMetadata
    ),
    "POST /api/v1/apps": Call(
        "/api/v1/apps",
        CredentialApplication,
        "",
        Who.ANYBODY,
        body={"client_name": "Example", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"},
    ),
    "GET /api/v1/apps/verify_credentials": Call(
        "/api/v1/apps/verify_credentials", Application, "", Who.PROGRAMS
    ),
}
