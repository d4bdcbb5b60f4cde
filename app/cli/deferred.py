"""Commands whose modules are imported once they are used, since that takes most of the time of a short command."""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command

from app.cli.output import print_result


class Command(TyperCommand):
    """A command whose help is printed as any result is, without Python's types of its arguments."""

    def get_help(self, ctx: Any) -> Any:  # noqa: ANN401 - their types are internal to typer
        """Return the help."""
        for each in self.params:
            if isinstance(each, TyperArgument):
                vars(each)["display_type_rich"] = _no_type
        return super().get_help(ctx)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Return the option --help."""
        return _printing(super().get_help_option(ctx))


class Group(TyperGroup):
    """A group of commands whose help is printed as any result is."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Return the option --help."""
        return _printing(super().get_help_option(ctx))


class DeferredCommand(TyperCommand):
    """A command of which only the name and the summary are known until it runs, or shows its help."""

    place: ClassVar[str]
    """The module of the command's function, a colon, and the function's name."""

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - their types are internal to typer
        """Make the context of the command that has the function's parameters, which then runs."""
        app = typer.Typer(add_completion=False, rich_markup_mode=self.rich_markup_mode)
        app.command(self.name, cls=Command)(function_at(self.place))
        return get_command(app).make_context(*args, **extra)


def defer(group: typer.Typer, name: str, place: str, summary: str) -> None:
    """Add a command to a group, which lists it by its summary."""
    group.command(name, cls=type(name, (DeferredCommand,), {"place": place}), short_help=summary)(_parameters_unknown)


def function_at(place: str) -> Any:  # noqa: ANN401 - functions of commands have any parameters
    """Import a function, named by its module, a colon and its name."""
    module, _, name = place.partition(":")
    with importing():
        return getattr(import_module(module), name)


@contextmanager
def importing() -> Generator[None]:
    """Import modules without garbage collections, which would find nothing and take a quarter of the time.

    Later ones leave out all objects made until then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _printing(option: Any) -> Any:  # noqa: ANN401 - as above
    """Return the option --help with a callback that fails where typer's would print nothing, on a closed stream."""
    option.callback = _show_help
    return option


def _show_help(context: typer.Context, _parameter: object, wanted: bool) -> None:  # noqa: FBT001 - an option's value
    if wanted and not context.resilient_parsing:
        print_result(context.get_help())
        raise typer.Exit


def _no_type(*, ctx: object) -> None: ...


def _parameters_unknown() -> None: ...
