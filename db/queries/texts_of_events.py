"""The SQL of texts of events: those beside an event, and those in its data (`app.domain.events.stored`).

Names of accounts and specifications are in the data of their events, and release 0.1.0 kept all texts there.
"""

from typing import Final

_KEYS: Final = (
    "'{name,externalReference,instructions,filename,previewUrl,worker,results,resultPreviews,reason,note,message,email,"
    "previousName,previousEmail,previousInstructions,text,answer}'::text[]"  # of texts that are in data
)
_IMAGES: Final = "NOT data ? 'version' AND jsonb_typeof(data #> '{images,0}') = 'object'"

HAS_TEXTS: Final = f"""(texts <> '{{}}' OR data ?| {_KEYS} OR data -> 'before' ?| {_KEYS} OR data -> 'after' ?| {_KEYS}
  OR {_IMAGES} AND data @? '$.images[*] ? (exists (@.filename) || exists (@.reason))')"""
"""The condition of events that have texts."""

WITHOUT_TEXTS: Final = {
    "texts": "CASE WHEN texts IS NOT NULL THEN '{}'::jsonb END",
    "data": "(data - "
    + _KEYS
    + ")"
    + "".join(
        f" || CASE WHEN data -> '{side}' ?| {_KEYS} THEN jsonb_build_object('{side}', (data -> '{side}') - {_KEYS})"
        " ELSE '{}' END"
        for side in ("before", "after")
    )
    + f""" || CASE WHEN {_IMAGES} THEN jsonb_build_object('images', (
      SELECT jsonb_agg(image - {_KEYS} ORDER BY number)
      FROM jsonb_array_elements(data -> 'images') WITH ORDINALITY AS i (image, number))) ELSE '{{}}' END""",
}
"""The columns of an event without any text."""

IS_ANSWERED: Final = """NOT (type = 'INQUIRY_OPENED' AND EXISTS (
  SELECT FROM inquiries q
  WHERE q.account_id = $1 AND q.id = (data #>> '{after,id}')::uuid AND q.answered_at IS NULL))"""
"""The condition of events but those of inquiries that are not answered yet."""

WITHOUT_WORKER: Final = {
    "texts": "texts - 'worker'",
    "data": "data - 'worker' #- '{before,worker}' #- '{after,worker}'",
}
"""The columns of an event without its worker."""


def names_worker(events: str, name: str) -> str:
    """Write the condition of events, by their table or alias, that name a worker, a name in NFC."""
    places = ("texts ->> 'worker'", *(f"data #>> '{{{path}}}'" for path in ("worker", "before,worker", "after,worker")))
    return f"{name} IN ({', '.join(f'normalize({events}.{place}, NFC)' for place in places)})"
