from typing import Final

import pytest
from pydantic import TypeAdapter, ValidationError

from app.services.names import BadName, Name, require_name

READER: Final[TypeAdapter[str]] = TypeAdapter(Name)
BAD: Final = {
    "": "must not be blank",
    " \u2003": "must not be blank",
    "a" * 256: "is longer than 255 characters",
    "a\0": "holds a NUL character, which cannot be stored",
    "half \udcff": "is not written in UTF-8",
}


@pytest.mark.parametrize(
    "name", ["a", "ACME", " ACME ", "\u5199\u771f\u5de5\u623f", "\N{CAMERA}" * 255, "e\u0301", "a\nb"]
)
def test_a_name_is_one_to_255_characters_of_any_script(name: str) -> None:
    require_name("The name", name)
    assert READER.validate_python(name) == name


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_name_is_refused_alike_by_commands_and_in_files(name: str) -> None:
    with pytest.raises(BadName) as refused:
        require_name("The name", name)
    assert str(refused.value) == f"The name {BAD[name]}."
    with pytest.raises(ValidationError) as unread:
        READER.validate_python(name)
    assert [error["msg"] for error in unread.value.errors()] == [BAD[name]]
