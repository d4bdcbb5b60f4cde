"""An imported line is known by its content, whichever release imported it."""

import json
from hashlib import sha256
from unicodedata import normalize

import pytest

from app.services.imports.digests import canonical, first_digest_of
from app.services.imports.lines import LINE, Line, TermsLine
from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, change, everything, order, rows, run_import
from tests.support.import_files import Line as Written

DECOMPOSED = normalize("NFD", "Café")
HISTORY = [{"at": "2026-03-03T14:00:00Z", "reason": "halo"}]
DELIVERED = {"filename": "a.jpg", "deliveredAt": "2026-03-03T13:00:00.5Z", "rejections": HISTORY}
CONFIRMED = {"deadline": {"at": "2026-03-09T12:00:00Z", "confirmedAt": "2026-03-05T12:00:00Z"}}
WRITTEN: list[Written] = [
    ACCOUNT | {"name": DECOMPOSED, "imagesPerDay": 1},
    SPECIFICATION,
    order("o-1", [DELIVERED, {"filename": f"{DECOMPOSED}.jpg"} | CONFIRMED], name="Été"),
    order("o-2", at="2026-03-03T10:30:00Z"),
    change("cancellation", "2026-03-03T11:00:00Z", order="o-2"),
    change("expedite", "2026-03-03T12:00:00Z", order="o-1", filenames=["a.jpg"]),
    change("terms", "2026-03-10T10:00:00Z", imagesPerDay=800, effectiveDate="2026-04-01"),
    change("timeZone", "2026-05-04T09:00:00Z", timeZone="Europe/London"),
]
FIRST_DIGESTS = {
    "acme": "6ebb963cd3c139e337a7f6834c8cb83318070270859c85ac878712a097d89c13",
    "ghost": "32d2f5d4e274e8567a31659a635aac9d6570c9d43150bc2557262f61c260e821",
    "o-1": "ee2a3daf3abf5ceefc3a757644ee77d8f97c2afaa5921b494d4fd68280eed263",
    "o-2": "22722227d9ba0340f025b0dcd3303541aa9e0bc2229b652a2073ededb06a917e",
    "cancellation": "f4356a250e8fa21bf3c0aa2cdfe6a6e213322c953c50a29d1908699e9f3009d7",
    "expedite": "abc4f69a3af6397fb94b2122709d9084e70a4b81eca2eca9ad2bc191c3fe4c79",
    "terms": "10fe1ba81584507c8aa4e8540fb7c6890ced75975c09a835885eba7c7304a4ff",
    "timeZone": "d49ba44088dbdf78631a0e5220e87a9365d1ad4c7b48f869d5ef38e1abc8a113",
}


def read(line: Written) -> Line:
    return LINE.validate_json(json.dumps(line))


def digest_of(line: Line) -> bytes:
    return sha256(canonical(line)).digest()


@pytest.mark.parametrize("line", WRITTEN, ids=lambda line: str(line["type"]))
def test_the_first_digest_of_a_line_is_that_of_the_first_release(line: Written) -> None:
    digest = first_digest_of(read(line))
    assert digest is not None
    assert digest.hex() == FIRST_DIGESTS[str(line.get("ref", line["type"]))]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_lines_that_the_first_release_imported_are_known(pool: Pool, chunk_lines: int) -> None:
    assert (await run_import(pool, WRITTEN)).problems == []
    for line in map(read, WRITTEN):
        second, first = digest_of(line), first_digest_of(line)
        assert first is not None
        known = "UPDATE import_lines SET digest = $3, ref = CASE WHEN ref = $4 THEN $5 ELSE ref END"
        known += " WHERE kind = $1 AND ref = $2 RETURNING 1"
        names = (line.type, line.ref or second.hex())
        assert await rows(pool, known, *names, first, second.hex(), first.hex()) == [(1,)]
    before = await everything(pool)
    again = await run_import(pool, WRITTEN, chunk_lines=chunk_lines)
    assert (again.problems, again.report.known) == ([], len(WRITTEN))
    for other in ({"name": "Spring"}, {"externalReference": "PO-1"}):
        outcome = await run_import(pool, [WRITTEN[2] | other])
        assert outcome.problems == ["1: ref: order 'o-1' was imported before with other content"]
    assert await everything(pool) == before


async def test_names_are_the_same_however_their_accents_are_written(pool: Pool) -> None:
    await run_import(pool, WRITTEN)
    composed = [json.loads(normalize("NFC", json.dumps(line, ensure_ascii=False))) for line in WRITTEN]
    decomposed = [json.loads(normalize("NFD", json.dumps(line, ensure_ascii=False))) for line in WRITTEN]
    assert composed != decomposed
    again = await run_import(pool, [*composed, *decomposed])
    assert (again.problems, again.report.known) == ([], 2 * len(WRITTEN))


def test_a_new_field_of_a_type_of_line_changes_no_digest_of_lines_without_it() -> None:
    class LongerLine(TermsLine):
        remark: str | None = None

    fields = {"account": "acme", "imagesPerDay": 800, "effectiveDate": "2026-04-01", "at": "2026-03-10T10:00:00Z"}
    text = json.dumps({"type": "terms", **fields})
    short, longer = TermsLine.model_validate_json(text), LongerLine.model_validate_json(text)
    assert (digest_of(longer), first_digest_of(longer)) == (digest_of(short), first_digest_of(short))
    said = LongerLine.model_validate_json(json.dumps({"type": "terms", **fields, "remark": "As agreed"}))
    assert digest_of(said) != digest_of(short)


async def test_names_and_reasons_are_stored_in_nfc(pool: Pool) -> None:
    decomposed = normalize("NFD", "Äé")
    image = {"filename": decomposed, "deliveredAt": "2026-03-03T13:00:00Z"}
    rejected = image | {"rejections": [{"at": "2026-03-03T14:00:00Z", "reason": f"{decomposed}\n{decomposed}"}]}
    specification = SPECIFICATION | {"name": decomposed, "steps": [{"step": decomposed, "seconds": 1}]}
    lines = [ACCOUNT | {"name": decomposed}, specification, order("o-1", [rejected], name=decomposed)]
    assert (await run_import(pool, lines)).problems == []
    stored = """
        SELECT a.name, v.name, v.steps->0->>'step', o.name, i.filename, r.reason
          FROM accounts a, specification_versions v, orders o, images i, rejections r"""
    assert await rows(pool, stored) == [("Äé",) * 5 + ("Äé\nÄé",)]
    assert decomposed not in str(await rows(pool, "SELECT data::text FROM events"))


async def test_an_image_is_found_by_its_name_in_nfc_even_if_stored_otherwise(pool: Pool) -> None:
    composed, decomposed = normalize("NFC", "é.jpg"), normalize("NFD", "é.jpg")
    await run_import(pool, [ACCOUNT, SPECIFICATION, order("o-1", [{"filename": composed}])])
    await pool.fetch("UPDATE images SET filename = $1", decomposed)
    again = change("expedite", "2026-03-03T12:00:00Z", order="o-1", filenames=[composed])
    assert (await run_import(pool, [again])).problems == []
