"""The input of a new order's images."""

from collections.abc import Sequence
from decimal import Decimal

import strawberry

from api.execution import Call
from api.validation import NAME_RULE, PROSE_RULE, REFERENCE_RULE
from api.warnings import Warning, WarningCode  # noqa: A004 - the contract's name
from app.domain.bounds import MAX_IMAGES
from app.domain.orders.changes import NewImage
from app.domain.wording import quoted
from engine.arguments import or_none
from engine.decorators import input_type
from engine.inputs import optional
from engine.scalars import Url


@input_type
class NewImageInput:
    """A photo to upload."""

    filename: str = strawberry.field(description=f"The name of the image's file: {NAME_RULE}.")
    external_reference: str | None = optional(f"The client's own reference of the image: {REFERENCE_RULE}.")
    instructions: str | None = optional(f"Instructions for the image: {PROSE_RULE}.")
    preview_url: Url | None = optional("The address of a preview of the image; it cannot be added later.")


def new_images(call: Call, images: list[NewImageInput]) -> list[NewImage]:
    """Check the images of a new order: their number, names and references."""
    if not images:
        call.refuse("At least one image is required.", "images", least=Decimal(1), most=Decimal(MAX_IMAGES))
    if len(images) > MAX_IMAGES:
        call.limit(len(images), MAX_IMAGES, "images")
        return []
    return [_new_image(call, image, str(index)) for index, image in enumerate(images)]


def _new_image(call: Call, image: NewImageInput, index: str) -> NewImage:
    filename = call.name(image.filename, "images", index, "filename")
    reference, instructions = or_none(image.external_reference), or_none(image.instructions)
    preview_url = or_none(image.preview_url)
    if reference is None and instructions is None and preview_url is None:  # most images, the quick way
        return NewImage(filename)
    return NewImage(
        filename,
        call.reference(reference, "images", index, "externalReference"),
        call.optional_prose(instructions, "images", index, "instructions"),
        call.url(preview_url, "images", index, "previewUrl"),
    )


def duplicate_filenames(images: Sequence[NewImage]) -> list[Warning]:
    """Return a warning for each image with the filename of one before it."""
    first: dict[str, int] = {}
    warnings: list[Warning] = []
    for index, image in enumerate(images):
        before = first.setdefault(image.filename, index)
        if before != index:
            message = f"The images at index {before} and {index} have the same filename, {quoted(image.filename)}."
            path = ["images", str(index), "filename"]
            warnings.append(Warning(code=WarningCode.DUPLICATE_FILENAME, message=message, path=path))
    return warnings
