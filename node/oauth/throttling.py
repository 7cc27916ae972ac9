"""How often somebody may try to get in."""

from starlette.requests import Request

from actors.usernames import folded
from node.http.rates import Quota, spend
from storage.members import Member

_LONGEST_KEY = 200


def spend_attempt(request: Request, account: str) -> None:
    """Count an attempt to get in by a password, against the address it comes from and the account it is for.

    The account is whatever was written, so that what is counted tells nobody which accounts there are.
    HTTPException 429 for one too many.
    """
    spend(request, Quota.SIGN_INS)
    spend(request, Quota.SIGN_INS, f"account {folded(account)[:_LONGEST_KEY]}")


def spend_confirmation(request: Request, member: Member) -> None:
    """Count an attempt of somebody who is signed in to confirm that they know the password."""
    spend(request, Quota.SIGN_INS)
    # No name that somebody may write on the way in has this form, so nobody uses it up for the member.
    spend(request, Quota.SIGN_INS, f"password of {member.id}")


def spend_costly(request: Request) -> None:
    """Count work that takes long, such as making keys, against the address it comes from."""
    spend(request, Quota.SIGN_INS)
