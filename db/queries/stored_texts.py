"""The texts that people wrote, in the rows of an account, and how many rows have any (domain rules, section 5.26).

Texts that are not listed here, and why, are in tests/services/erasing/test_stored_texts.py.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.domain.events.facts import ERASED
from db.connections import Statement
from db.queries import erasing as queries
from db.queries.erasing import FINISHED
from db.queries.pages import LEAST_UUID
from db.queries.texts_of_events import HAS_TEXTS, IS_ANSWERED, WITHOUT_TEXTS, WITHOUT_WORKER, names_worker

_NULL: Final = "NULL"
_ERASED: Final = f"'{ERASED}'"  # in place of a text in a column that is never null


class Texts(NamedTuple):
    """Texts in columns of a table, each with the SQL of its value once it is erased.

    `rows` is the condition of the rows that have any, of an account ($1) and keys ($2), and maybe by a value of the
    erasure ($3). `counting` counts them; they are counted under a name for people.
    """

    counted_as: str
    table: str
    columns: Mapping[str, str]
    rows: str
    counting: Statement


class StoredTexts(NamedTuple):
    """Rows of an account found by their keys, in order, after the `first`, and the texts that are erased with them.

    The statements about these texts take the keys, and, if `by_value`, the value of the erasure.
    """

    find: Statement
    first: object
    texts: tuple[Texts, ...]
    by_value: bool = False


def _texts(counted_as: str, table: str, columns: Mapping[str, str], rows: str, name: str = "") -> Texts:
    """Return the texts in columns of rows; those that are erased already have none."""
    changed = f"({', '.join(columns)}) IS DISTINCT FROM ({', '.join(columns.values())})"
    return _texts_where(counted_as, table, columns, f"{rows} AND {changed}", name)


def _texts_where(counted_as: str, table: str, columns: Mapping[str, str], rows: str, name: str = "") -> Texts:
    """Return the texts in columns of rows, all of which have any."""
    found = f"account_id = $1 AND {rows}"
    counting = Statement(f"texts_of_{name or table}", f"SELECT count(*) FROM {table} WHERE {found}")
    return Texts(counted_as, table, columns, found, counting)


_ORDERS: Final = f"(SELECT id FROM orders WHERE account_id = $1 AND id = ANY($2::uuid[]) AND {FINISHED})"
_IMAGES: Final = f"(SELECT id FROM images WHERE account_id = $1 AND order_id IN {_ORDERS})"
_IN_PRODUCTION: Final = """EXISTS (
  SELECT FROM orders o
  WHERE o.account_id = $1 AND o.status = 'IN_PRODUCTION'
    AND o.specification_id = v.specification_id AND o.specification_version = v.version)"""
_ENDED: Final = """EXISTS (
  SELECT FROM specifications s
  LEFT JOIN specification_versions n
    ON n.account_id = $1 AND n.specification_id = s.id AND n.version = v.version + 1
  WHERE s.account_id = $1 AND s.id = v.specification_id AND least(n.created_at, s.archived_at) < $3)"""

# Orders with all that they have: images_of_order_idx, rejections_of_image_idx and events_of_order_idx find it; of
# inquiries all of the account are read, which are few.
_OF_ORDERS: Final = StoredTexts(
    queries.ORDERS,
    LEAST_UUID,
    (
        _texts(
            "images",
            "images",
            {
                "filename": _ERASED,
                **dict.fromkeys(("external_reference", "instructions", "delivered_by"), _NULL),
                **dict.fromkeys(("preview_url", "result_url", "result_preview_url"), _NULL),
            },
            f"order_id IN {_ORDERS}",
        ),
        _texts("rejections", "rejections", {"reason": _ERASED}, f"image_id IN {_IMAGES}"),
        _texts(
            "inquiries",
            "inquiries",
            {"text": _ERASED, "answer": _NULL},
            f"order_id IN {_ORDERS} AND answered_at IS NOT NULL",
            "inquiries_about_orders",
        ),
        _texts_where(
            "events",
            "events",
            WITHOUT_TEXTS,
            f"order_id IN {_ORDERS} AND {HAS_TEXTS} AND {IS_ANSWERED}",
            "events_of_orders",
        ),
        _texts(
            "orders",
            "orders",
            {"name": _ERASED, **dict.fromkeys(("external_reference", "instructions", "thumbnail_url"), _NULL)},
            f"id = ANY($2::uuid[]) AND {FINISHED}",
        ),
    ),
)

TEXTS_OF_ACCOUNT: Final = (
    StoredTexts(
        queries.SLA_VERSIONS,
        0,
        (_texts("slaVersions", "sla_versions", {"note": _NULL, "message": _NULL}, "version = ANY($2::int[])"),),
    ),
    StoredTexts(
        queries.SPECIFICATIONS,
        LEAST_UUID,
        (
            _texts(
                "specificationVersions",
                "specification_versions v",
                {"name": _ERASED, "instructions": _NULL},
                f"specification_id = ANY($2::uuid[]) AND {_ENDED} AND NOT {_IN_PRODUCTION}",
                "specification_versions",
            ),
        ),
        by_value=True,
    ),
    StoredTexts(queries.API_KEYS, LEAST_UUID, (_texts("keys", "api_keys", {"name": _NULL}, "id = ANY($2::uuid[])"),)),
    StoredTexts(queries.TOKENS, LEAST_UUID, (_texts("keys", "tokens", {"name": _NULL}, "id = ANY($2::uuid[])"),)),
    StoredTexts(
        queries.IDEMPOTENCY_KEYS,
        "",
        (_texts("answers", "idempotency_keys", {"answer": "'{}'"}, "key = ANY($2::text[])"),),
    ),
    StoredTexts(
        queries.INQUIRIES,
        LEAST_UUID,
        (
            _texts(
                "inquiries",
                "inquiries",
                {"text": _ERASED, "answer": _NULL},
                "id = ANY($2::uuid[]) AND answered_at IS NOT NULL",
            ),
        ),
    ),
    StoredTexts(
        queries.EVENTS,
        0,
        (
            _texts_where(
                "events",
                "events",
                WITHOUT_TEXTS,
                f"sequence = ANY($2::bigint[]) AND {HAS_TEXTS} AND {IS_ANSWERED}",
            ),
        ),
    ),
    _OF_ORDERS,
)
"""The parts of an account of which all texts of before an instant, the value of the erasure, are erased."""

TEXTS_OF_WORKER: Final = (
    StoredTexts(
        queries.ORDERS,
        LEAST_UUID,
        (
            _texts_where(
                "images",
                "images",
                {"delivered_by": _NULL},
                f"order_id IN {_ORDERS} AND normalize(delivered_by, NFC) = $3",
                "worker_in_images",
            ),
            _texts_where(
                "events",
                "events",
                WITHOUT_WORKER,
                f"order_id IN {_ORDERS} AND {names_worker('events', '$3')}",
                "worker_in_events",
            ),
        ),
        by_value=True,
    ),
)
"""The parts of an account that name a worker, the value of the erasure."""
