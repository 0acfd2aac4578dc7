"""The command line itself: names, help, versions."""

import pytest

from app import __version__
from app.cli import build_parser, main


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"AP Bridge {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["send", "invoices"], ["preview"], ["send", "orders", "--all-ready"], ["demo", "--scale", "huge"]],
)
def test_wrong_usage_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: apbridge" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  ", "\udcff\udcfe", "inv\n1"])
@pytest.mark.parametrize(
    "words",
    [
        ["send", "invoices", "--id"],
        ["mark-exported", "invoices", "--id"],
        ["send-again", "payments", "--id"],
        ["undo", "--id"],
        ["undo", "--run"],
        ["history", "--run"],
        ["status", "--company"],
        ["selftest", "--test-company"],
    ],
)
def test_what_names_nothing_is_wrong_usage(words: list[str], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, name])
    assert ended.value.code == 2
    assert "it is empty, or holds characters that nobody can read" in capsys.readouterr().err


def test_what_is_no_day_is_told_with_how_to_write_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sync", "--from", "31.01.2026"])
    assert ended.value.code == 2
    assert "“31.01.2026” is no day; write it like 2026-01-31" in capsys.readouterr().err


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("demo", "sync", "preview", "send", "status", "history", "probe", "support", "sandbox"):
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args([command, "--help"])
        assert ended.value.code == 0
    assert "exit codes" in build_parser().format_help()
    assert "--all-ready" in capsys.readouterr().out


def test_a_company_named_before_the_command_is_not_forgotten() -> None:
    assert build_parser().parse_args(["--company", "XYZ", "status"]).company == "XYZ"
    assert build_parser().parse_args(["status", "--company", "XYZ"]).company == "XYZ"
    assert build_parser().parse_args(["status"]).company is None
