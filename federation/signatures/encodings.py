"""Read and write bytes as text: strict base64 and base58-btc."""

from base64 import b64encode
from binascii import Error, a2b_base64

BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_BASE58_VALUES = {character: value for value, character in enumerate(BASE58_ALPHABET)}


def read_base64(text: str) -> bytes:
    """Return the bytes that padded standard base64 stands for; ValueError for every other spelling.

    One value has exactly one spelling: junk, missing padding and stray trailing bits are refused, so nobody
    can alter a signed text and keep its meaning.
    """
    try:
        value = a2b_base64(text, strict_mode=True)
    except Error as error:
        raise ValueError("This is not base64.") from error
    if write_base64(value) != text:
        raise ValueError("This base64 is not in its canonical form.")
    return value


def write_base64(value: bytes) -> str:
    """Return `value` in padded standard base64, on one line."""
    return b64encode(value).decode("ascii")


def read_base58(text: str) -> bytes:
    """Return the bytes that base58-btc stands for, or raise ValueError.

    The cost grows with the square of the length: limit the length first.
    """
    number = 0
    for character in text:
        value = _BASE58_VALUES.get(character)
        if value is None:
            raise ValueError("This is not base58.")
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip(BASE58_ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def write_base58(value: bytes) -> str:
    """Return `value` in base58-btc, without a multibase prefix."""
    number = int.from_bytes(value, "big")
    characters = []
    while number:
        number, remainder = divmod(number, 58)
        characters.append(BASE58_ALPHABET[remainder])
    zeros = len(value) - len(value.lstrip(b"\0"))
    return BASE58_ALPHABET[0] * zeros + "".join(reversed(characters))
