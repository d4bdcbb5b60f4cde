from app.cli.printing import as_table


def test_columns_are_as_wide_as_their_widest_cell_on_a_screen() -> None:
    rows = [("1", "\u5199\u771f", "new"), ("20", "ACME " * 60, "")]
    assert as_table(rows, ("ID", "NAME", "STATE")).splitlines() == [
        "ID  NAME" + " " * 298 + "STATE",
        "1   \u5199\u771f" + " " * 298 + "new",
        "20  " + ("ACME " * 60).rstrip(),
    ]


def test_what_would_end_a_line_move_the_cursor_or_be_markup_is_shown_as_it_is() -> None:
    assert as_table([("a\nb", "\x1b[2J", "[bold]x")]) == "a\\nb  \\x1b[2J  [bold]x"


def test_a_table_without_rows_is_its_headings() -> None:
    assert as_table([], ("ID", "NAME")) == "ID  NAME"


def test_names_from_right_to_left_or_with_overrides_move_no_other_cell() -> None:
    hebrew, override = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}", "a\u202egpj.exe"
    assert as_table([(hebrew, "12"), (override, "3")]).splitlines() == [
        f"\u2068{hebrew}\u2069        12",
        f"\u2068{override}\u2069  3",
    ]
