"""What the uninstaller asks for before the program goes."""

import pytest

from app.cli import main
from app.commands import forget
from app.credentials import KeyringCredentials
from app.errors import ExitCode, Side, StopRun
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings


def test_the_passwords_of_every_company_are_deleted_and_all_else_stays(
    apbridge_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = KeyringCredentials()
    companies = tuple(
        CompanySettings(code, code, SageSettings("sage", "C:\\Sage", "me"), CloudSettings("https://x", "c", "le"))
        for code in ("ABC", "XYZ")
    )
    apbridge_home.save(Settings(companies))
    for name in ("ABC/sage", "ABC/cloud", "XYZ/sql"):
        kept.put(name, "secret")

    assert main(["forget", "--yes"]) == ExitCode.DONE

    assert [kept.get(name) for name in ("ABC/sage", "ABC/cloud", "XYZ/sql")] == [None, None, None]
    assert apbridge_home.load().companies == companies
    assert "deleted" in capsys.readouterr().out


def test_a_task_scheduler_that_refuses_saves_no_password(apbridge_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        available = True

        def remove(self) -> None:
            raise StopRun("task-scheduler-refused", "Windows refused", "It says no.", "Ask.", side=Side.COMPUTER)

    company = CompanySettings(
        "ABC", "ABC", SageSettings("sage", "C:\\Sage", "me"), CloudSettings("https://x", "c", "le")
    )
    apbridge_home.save(Settings((company,)))
    kept = KeyringCredentials()
    kept.put("ABC/sage", "secret")
    monkeypatch.setattr(forget, "TaskScheduler", Refusing)

    assert main(["forget", "--yes"]) == ExitCode.COMPUTER

    assert kept.get("ABC/sage") is None


def test_it_does_nothing_without_being_told_that_it_is_meant(apbridge_home: Home) -> None:
    KeyringCredentials().put("ABC/sage", "secret")
    with pytest.raises(SystemExit) as ended:
        main(["forget"])
    assert ended.value.code == ExitCode.USAGE
    assert KeyringCredentials().get("ABC/sage") == "secret"
