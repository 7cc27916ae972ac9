"""Programs and their tokens."""

from typing import Annotated, Literal

from tests.clients.entities.values import Id, Positive, Url, Word
from tests.clients.validation import Entity, Form, Sometimes


class Application(Entity):
    id: Id
    name: Word
    website: Url | None
    scopes: list[Word]
    redirect_uris: list[Word]
    redirect_uri: Word
    vapid_key: Word


class CredentialApplication(Application):
    client_id: Word
    client_secret: Word
    client_secret_expires_at: Literal[0]


class Token(Entity):
    access_token: Annotated[
        str,
        Form(
            lambda value: (
                bool(value) and all(each.isascii() and (each.isalnum() or each in "-_") for each in value)
            ),
            "made of letters, digits, - and _",
        ),
    ]
    token_type: Literal["Bearer"]
    scope: Word
    created_at: Positive


class ServerMetadata(Entity):
    """RFC 8414, as Mastodon fills it in."""

    issuer: Url
    service_documentation: Url
    authorization_endpoint: Url
    token_endpoint: Url
    revocation_endpoint: Url
    userinfo_endpoint: Url
    app_registration_endpoint: Url
    scopes_supported: list[Word]
    response_types_supported: list[Word]
    response_modes_supported: list[Word]
    grant_types_supported: list[Word]
    token_endpoint_auth_methods_supported: list[Word]
    code_challenge_methods_supported: list[Literal["S256"]]
    authorization_response_iss_parameter_supported: Sometimes[bool]


class Failure(Entity):
    """What every refusal answers."""

    error: Word


class OAuthFailure(Entity):
    error: Word
    error_description: Word
