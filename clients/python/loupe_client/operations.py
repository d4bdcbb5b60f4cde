"""Makes a folder of operations a package of Python: their documents, with the types of their variables and answers.

Usage: python -m loupe_client.operations FOLDER

FOLDER has an operation in each file NAME.graphql, which FOLDER/__init__.py has as NAME in capitals. The type of an
object is named by the operation and the fields down to it, that of an input or an enumeration as in the schema.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    is_abstract_type,
    is_composite_type,
    is_required_input_field,
    parse,
    print_ast,
    validate,
)

from loupe_client.scalars import PYTHON_TYPES
from loupe_client.session import SCHEMA

_HEAD: Final = (
    '"""Operations and their types, made by loupe_client.operations of the files beside it and schema.graphql."""'
)
_OPERATION: Final = "from loupe_client.session import Operation"
_BUILT_IN: Final[Mapping[str, type]] = {"ID": str, "String": str, "Int": int, "Float": float, "Boolean": bool}


def module_of(folder: Path, schema: GraphQLSchema) -> str:
    """Return the module of a folder's operations; raises GraphQLError for one that the schema does not allow."""
    types = _Types(schema)
    for path in sorted(folder.glob("*.graphql")):
        types.add_operation(path.stem, path.read_text(encoding="utf-8"))
    imports = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(types.imports.items())]
    return "\n".join([_HEAD, "", *imports, "", _OPERATION, "", *types.definitions.values()])


class _Selected(NamedTuple):
    """A field in a selection: the type that it is a field of, and whether each object of the selection has it."""

    of: GraphQLCompositeType
    node: FieldNode
    always: bool


class _Types:
    """Definitions of types in Python by their names, each after those that it mentions."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._fragments: Mapping[str, FragmentDefinitionNode] = {}
        self.definitions: dict[str, str] = {}
        self.imports: defaultdict[str, set[str]] = defaultdict(set)

    def add_operation(self, name: str, text: str) -> None:
        """Define an operation after its types."""
        document = parse(text)
        for error in validate(self._schema, document):
            raise error
        parts = document.definitions
        self._fragments = {each.name.value: each for each in parts if isinstance(each, FragmentDefinitionNode)}
        [operation] = (each for each in parts if isinstance(each, OperationDefinitionNode))
        title = name.title().replace("_", "")
        variables = self._variables(f"{title}Variables", operation)
        root = cast("GraphQLCompositeType", self._schema.get_root_type(operation.operation))
        answer = self._object(title, self._selected(operation.selection_set, root))
        self._import("typing", "Final")
        constant = name.upper()
        self.definitions[constant] = f'{constant}: Final = Operation[{variables}, {answer}]("""\n{text}""")\n'

    def _variables(self, name: str, operation: OperationDefinitionNode) -> str:
        fields = dict[str, str]()
        for each in operation.variable_definitions or ():
            type_ = print_ast(each.type)
            required = type_.endswith("!") and each.default_value is None
            fields[each.variable.name.value] = self._field(type_, self._leaf(self._named(type_)), required=required)
        return self._typed_dict(name, fields)

    def _object(self, name: str, selected: Iterable[_Selected]) -> str:
        """Define the type of an object with these fields, each of which may be selected several times."""
        by_key = defaultdict[str, list[_Selected]](list)
        for each in selected:
            by_key[(each.node.alias or each.node.name).value].append(each)
        fields = {key: self._answer(f"{name}{key[0].upper()}{key[1:]}", times) for key, times in by_key.items()}
        return self._typed_dict(name, fields)

    def _answer(self, name: str, selected: Sequence[_Selected]) -> str:
        """Return the type of a field, whose object gets this name if it is one."""
        first = selected[0]
        field: Any = self._schema.get_field(first.of, first.node.name.value)
        type_ = str(field.type)
        named = self._named(type_)
        if is_composite_type(named):
            parts = [each.node.selection_set for each in selected if each.node.selection_set]
            spelled = self._object(name, (each for part in parts for each in self._selected(part, named)))
        else:
            spelled = self._leaf(named)
        return self._field(type_, spelled, required=any(each.always for each in selected))

    def _selected(self, selection: SelectionSetNode, of: GraphQLCompositeType) -> Iterator[_Selected]:
        """Yield the fields of a selection on a type, those of its fragments too."""
        for each in selection.selections:
            if isinstance(each, FieldNode):
                yield _Selected(of, each, always=not each.directives)
                continue
            fragment: FragmentDefinitionNode | InlineFragmentNode
            if isinstance(each, FragmentSpreadNode):
                fragment = self._fragments[each.name.value]
            else:
                fragment = cast("InlineFragmentNode", each)
            on = self._condition(fragment) or of
            fulfilled = on is of or (is_abstract_type(on) and self._schema.is_sub_type(on, of))
            for field in self._selected(fragment.selection_set, on):
                yield field._replace(always=field.always and fulfilled and not each.directives)

    def _condition(self, fragment: FragmentDefinitionNode | InlineFragmentNode) -> GraphQLCompositeType | None:
        named = fragment.type_condition
        return None if named is None else cast("GraphQLCompositeType", self._schema.get_type(named.name.value))

    def _leaf(self, type_: GraphQLNamedType) -> str:
        """Return the Python type of a scalar, an enumeration or an input, which it defines or imports."""
        if isinstance(type_, GraphQLInputObjectType):
            fields = dict[str, str]()
            given: Mapping[str, Any] = type_.fields
            for name, each in given.items():
                leaf = self._leaf(self._named(str(each.type)))
                fields[name] = self._field(str(each.type), leaf, required=is_required_input_field(each))
            return self._typed_dict(type_.name, fields)
        if isinstance(type_, GraphQLEnumType):
            self._import("typing", "Literal", "TypeAlias")
            values = "".join(f'    "{value}",\n' for value in type_.values)
            self.definitions.setdefault(type_.name, f"{type_.name}: TypeAlias = Literal[\n{values}]\n")
            return type_.name
        python = _BUILT_IN.get(type_.name) or PYTHON_TYPES[type_.name]
        if python.__module__ != "builtins":
            self._import(python.__module__, python.__name__)
        return python.__name__

    def _named(self, type_: str) -> GraphQLNamedType:
        return self._schema.type_map[type_.strip("[]!")]

    def _field(self, type_: str, named: str, *, required: bool) -> str:
        """Return the type of a field whose type is written like this, and whose named type is this one in Python."""
        if required:
            return _nullable(type_, named)
        self._import("typing", "NotRequired")
        return f"NotRequired[{_nullable(type_, named)}]"

    def _typed_dict(self, name: str, fields: Mapping[str, str]) -> str:
        """Define a TypedDict unless it is there, and return its name; not as a class, since `from` is a field, too."""
        self._import("typing", "TypedDict")
        lines = "".join(f'        "{field}": {type_},\n' for field, type_ in fields.items())
        body = f"{{\n{lines}    }}" if lines else "{}"
        self.definitions.setdefault(name, f'{name} = TypedDict(\n    "{name}",\n    {body},\n)\n')
        return name

    def _import(self, module: str, *names: str) -> None:
        self.imports[module].update(names)


def _nullable(type_: str, named: str) -> str:
    """Return the Python type of a type that the schema writes like this: [Order!]!."""
    if type_.endswith("!"):
        return _nullable(type_[:-1], named).removesuffix(" | None")
    if type_.startswith("["):
        return f"list[{_nullable(type_[1:-1], named)}] | None"
    return f"{named} | None"


def main() -> None:
    """Write the module of a folder's operations."""
    folder = Path(sys.argv[1])
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    (folder / "__init__.py").write_text(module_of(folder, schema), encoding="utf-8")


if __name__ == "__main__":
    main()
