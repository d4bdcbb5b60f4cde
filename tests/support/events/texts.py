"""Events with their texts in their data, where release 0.1.0 had them, to replay and compare them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

_PARTS: Final[Mapping[tuple[str, str], str]] = {
    ("IMAGES_CLAIMED", "worker"): "after",
    ("CLAIM_EXPIRED", "worker"): "before",
    ("SLA_NEGOTIATED", "note"): "after",
    ("SLA_NEGOTIATED", "message"): "after",
    **{
        (type_, name): "after"
        for type_ in ("ORDER_PLACED", "ORDER_EXPEDITED")
        for name in ("name", "externalReference", "instructions")
    },
}
"""The part of the data that had a text; the data itself if none is named."""

_OF_IMAGES: Final = {
    "filenames": "filename",
    "reasons": "reason",
    "imageReferences": "externalReference",
    "imageInstructions": "instructions",
    "imagePreviews": "previewUrl",
}
"""The texts that each image has."""


def with_texts(event: Any) -> dict[str, Any]:  # noqa: ANN401 - a record, or a mapping like one
    """Return the data of an event's row with its `texts` where release 0.1.0 had them, and without `version`."""
    data = {key: deepcopy(value) for key, value in event["data"].items() if key != "version"}
    texts: dict[str, Any] = event["texts"] or {}
    for name, text in texts.items():
        if name in _OF_IMAGES:
            for image, each in zip(data["images"], text, strict=True):
                image[_OF_IMAGES[name]] = each
        else:
            part = _PARTS.get((event["type"], name))
            (data if part is None else data[part])[name] = text
    return data
