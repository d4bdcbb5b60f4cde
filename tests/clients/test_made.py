"""The clients' files are those that `make clients` makes of the schema, and all types and rules are kept."""

import json
from pathlib import Path

import pytest
from graphql import is_scalar_type, is_specified_scalar_type

from tests.support.committed_schema import SCHEMA
from tests.support.made_clients import make_clients
from tools.clients import check
from tools.node import ROOT, ProgramFailed

CLIENTS = ROOT / "clients"
CARELESS = "export const id = (JSON.parse('1') as { id: any }).id; // eslint-disable-line\n"


def test_committed_files_are_what_the_schema_makes_and_all_clients_are_strictly_typed(tmp_path: Path) -> None:
    make_clients(tmp_path)
    for name in ("schema/possible-types.json", "apollo/type-policies.ts"):
        assert (tmp_path / "clients" / name).read_text() == (CLIENTS / name).read_text(), "make clients makes them"
    check(tmp_path)


def test_every_scalar_of_the_schema_has_a_type() -> None:
    scalars = [each for each in SCHEMA.type_map.values() if is_scalar_type(each)]
    own = {each.name for each in scalars if not is_specified_scalar_type(each)}
    mapped = json.loads((CLIENTS / "schema" / "scalars.json").read_text())
    assert mapped == dict.fromkeys(sorted(own), "string")
    assert json.loads((CLIENTS / "relay" / "relay.config.json").read_text())["customScalarTypes"] == mapped


@pytest.mark.soak
def test_a_scalar_without_a_type_and_careless_types_are_refused(tmp_path: Path) -> None:
    make_clients(tmp_path)
    (tmp_path / "clients" / "apollo" / "careless.ts").write_text(CARELESS)
    with pytest.raises(ProgramFailed) as failed:
        check(tmp_path)
    for rule in ("no-explicit-any", "consistent-type-assertions", "no-unsafe-assignment"):
        assert f"@typescript-eslint/{rule}" in str(failed.value)
