"""Events with their texts in their data, where release 0.1.0 had them, to replay and compare them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

_PARTS: Final[Mapping[tuple[str, str], str]] = {
    ("IMAGES_CLAIMED", "worker"): "after",
    ("CLAIM_EXPIRED", "worker"): "before",
    ("SLA_NEGOTIATED", "note"): "after",
    ("SLA_NEGOTIATED", "message"): "after",
    ("ORDER_PLACED", "name"): "after",
    ("ORDER_EXPEDITED", "name"): "after",
}
"""The part of the data that had a text; the data itself if none is named."""


def with_texts(event: Any) -> dict[str, Any]:  # noqa: ANN401 - a record, or a mapping like one
    """Return the data of an event's row with its `texts` where release 0.1.0 had them, and without `version`."""
    data = {key: deepcopy(value) for key, value in event["data"].items() if key != "version"}
    texts: dict[str, Any] = event["texts"] or {}
    for name, text in texts.items():
        if name in {"filenames", "reasons"}:
            for image, each in zip(data["images"], text, strict=True):
                image[name.removesuffix("s")] = each
        else:
            part = _PARTS.get((event["type"], name))
            (data if part is None else data[part])[name] = text
    return data
