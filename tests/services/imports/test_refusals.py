"""Bad lines are shown with their number, their field and their problem: first lines, specifications, repeated lines."""

import json

import pytest

from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, Line, order, rows, run_import
from tests.support.refused_lines import CONTROL_CHARACTER, refused

CONTROL = r"(\u0000-\u001F) found while parsing a string"
KINDS = "'account', 'specification', 'order', 'cancellation', 'expedite', 'terms', 'timeZone', 'inquiry'"

BAD_FIRST_LINES: list[tuple[Line | str, str]] = [
    ("{", "is not JSON: EOF while parsing an object at column 1"),
    ("[]", "must be an object"),
    ("{}", "type: is missing"),
    (
        {"type": "refund"},
        f"type: 'refund' is not one of {KINDS}",
    ),
    ({"type": "cancellation"}, "account: is missing; at: is missing; order: is missing"),
    (
        {"type": "order"},
        (
            "account: is missing; ref: is missing; name: is missing; specification: is missing; placedAt: is"
            " missing; and 1 more"
        ),
    ),
    (ACCOUNT | {"owner": "me"}, "owner: is not known"),
    (ACCOUNT | {"ref": " "}, "ref: must not be blank"),
    (ACCOUNT | {"name": 5}, "name: must be a string"),
    (ACCOUNT | {"name": "n" * 256}, "name: is longer than 255 characters"),
    (ACCOUNT | {"name": "a\0b"}, f"name: {CONTROL_CHARACTER}"),
    (ACCOUNT | {"name": "a\nb"}, f"name: {CONTROL_CHARACTER}"),
    (ACCOUNT | {"name": "\u200b\u3164"}, "name: must not be blank"),
    (ACCOUNT | {"ref": "\u2800"}, "ref: must not be blank"),
    (ACCOUNT | {"plan": "GOLD"}, "plan: must be 'SOLO', 'PROFESSIONAL_TRIAL', 'PROFESSIONAL' or 'ENTERPRISE'"),
    (ACCOUNT | {"timeZone": "Copenhagen"}, "timeZone: must be an IANA time zone, like Europe/Copenhagen"),
    (ACCOUNT | {"timeZone": None}, "timeZone: must be an IANA time zone, like Europe/Copenhagen"),
    (ACCOUNT | {"imagesPerDay": -1}, "imagesPerDay: must not be less than 0"),
    (ACCOUNT | {"imagesPerDay": 1.5}, "imagesPerDay: must be a whole number"),
    (ACCOUNT | {"expeditesPerDay": "5"}, "expeditesPerDay: must be a whole number"),
    (ACCOUNT | {"expeditesPerDay": 10**7}, "expeditesPerDay: must not be more than 1000000"),
    (json.dumps(ACCOUNT).replace("ACME", r"\ud800"), "is not JSON: unexpected end of hex escape at column 51"),
    (json.dumps(ACCOUNT).replace("ACME", r"\udc00"), "is not JSON: lone leading surrogate in hex escape at column 50"),
    (json.dumps(ACCOUNT).replace("ACME", "\0"), f"is not JSON: control character {CONTROL} at column 45"),
    ("\0\0", "is not JSON: expected value at column 1"),
    ("[" * 300, "is not JSON: recursion limit exceeded at column 202"),
    ("5", "must be an object"),
    ('{"type": NaN}', "type: 'nan' is not one of " + KINDS),
    ({"type": "t" * 1000}, f"type: '{'t' * 80}...' is not one of {KINDS}"),
    (ACCOUNT | {"\33[2J\n": 1}, r"'\x1b[2J\n': is not known"),
    (ACCOUNT | {"k" * 1000: 1}, f"'{'k' * 80}...': is not known"),
    (json.dumps(ACCOUNT)[:-1] + ', "imagesPerDay": 1e400}', "imagesPerDay: must be a whole number"),
    (json.dumps(ACCOUNT)[:-1] + ', "imagesPerDay": NaN}', "imagesPerDay: must be a whole number"),
    (json.dumps(ACCOUNT)[:-1] + f', "imagesPerDay": {"9" * 400}}}', "imagesPerDay: must not be more than 1000000"),
    (json.dumps(ACCOUNT)[:-1] + ', "ref": "beta"}', "ref: is repeated"),
    (json.dumps(ACCOUNT)[:-1] + r', "n\u0061me": "ACME"}', "name: is repeated"),
    (json.dumps(ACCOUNT)[:-1] + ', "name"\t : "ACME"}', "name: is repeated"),
    (json.dumps(ACCOUNT | {"name": "A"})[:-1] + r', "name": "\u0022: \u0022: "}', "name: is repeated"),
    (SPECIFICATION, "account: there is no account 'acme'"),
    (order("o-1"), "account: there is no account 'acme'"),
]
BAD_SPECIFICATIONS: list[tuple[Line, str]] = [
    ({"pricePerImage": "-0.01"}, "pricePerImage: must not be less than 0"),
    ({"pricePerImage": "1.23456"}, "pricePerImage: has more than 4 decimals"),
    ({"pricePerImage": "12345678901234"}, "pricePerImage: has more than 10 digits before the point"),
    ({"pricePerImage": "free"}, "pricePerImage: must be a number"),
    ({"pricePerImage": None}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1_000"}, "pricePerImage: must be a number"),
    ({"pricePerImage": " 1.45"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "\u0661"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "NaN"}, "pricePerImage: must be a number"),
    ({"pricePerImage": float("inf")}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1e999999999"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1e400"}, "pricePerImage: has more than 14 digits"),
    ({"pricePerImage": f"1.{'0' * 50}1"}, "pricePerImage: has more than 14 digits"),
    ({"pricePerImage": True}, "pricePerImage: must be a number"),
    ({"currency": "usd"}, "currency: must be a currency of ISO 4217, like USD"),
    ({"currency": "ZZZ"}, "currency: must be a currency of ISO 4217, like USD"),
    ({"currency": 5}, "currency: must be a currency of ISO 4217, like USD"),
    ({"steps": "CLIPPING"}, "steps: must be a list"),
    ({"steps": [{"step": "", "seconds": 1}]}, "steps[0].step: must not be blank"),
    ({"steps": [{"step": "CLIPPING", "seconds": 1.0005}]}, "steps[0].seconds: has more than 3 decimals"),
    ({"steps": [{"step": "CLIPPING", "seconds": -1}]}, "steps[0].seconds: must not be less than 0"),
    (
        {"steps": [{"step": "CLIPPING", "seconds": 1000000.001}]},
        "steps[0].seconds: must not be more than 1000000",
    ),
    ({"steps": [{"step": "CLIPPING"}]}, "steps[0].seconds: is missing"),
    ({"steps": [{"step": "S", "seconds": 1}] * 101}, "steps: has more than 100 entries"),
]


@pytest.mark.parametrize(("line", "problem"), BAD_FIRST_LINES)
async def test_a_bad_first_line(pool: Pool, line: Line | str, problem: str) -> None:
    assert await refused(pool, line) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


@pytest.mark.parametrize(("field", "problem"), BAD_SPECIFICATIONS)
async def test_a_bad_specification(pool: Pool, field: Line, problem: str) -> None:
    assert await refused(pool, ACCOUNT, SPECIFICATION | field) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


async def test_a_repeated_key_ends_the_account_of_its_line(pool: Pool) -> None:
    twice = json.dumps(order("o-1")).replace('"filename"', '"filename": "b.jpg", "filename"')
    assert await refused(pool, *START, twice) == "filename: is repeated"


async def test_a_repeated_account_or_specification_line_with_other_content_is_refused_before_the_account_begins(
    pool: Pool,
) -> None:
    outcome = await run_import(pool, [ACCOUNT, ACCOUNT, ACCOUNT | {"name": "Acme"}])
    assert outcome.problems == ["3: ref: account 'acme' came before with other content"]
    outcome = await run_import(pool, [*START, SPECIFICATION, SPECIFICATION | {"name": "G"}])
    assert outcome.problems == ["4: ref: specification 'ghost' came before with other content"]


async def test_a_line_too_long_is_refused_unread(pool: Pool) -> None:
    assert await refused(pool, *START, order("o-1", name="n" * 2**24)) == "is longer than 16,777,216 bytes"


async def test_names_are_isolated_in_the_sentences_about_bad_lines(pool: Pool) -> None:
    name, override = "\N{HEBREW LETTER SHIN}", "a\u202egpj.exe"
    assert (
        await refused(pool, *START, order("o-1", specification=override))
        == "specification: there is no specification '\u2068a\u202egpj.exe\u2069'"
    )
    assert await refused(pool, ACCOUNT | {name: 1, override: 2}) == (
        f"\u2068{name}\u2069: is not known; '\u2068{override}\u2069': is not known"
    )
