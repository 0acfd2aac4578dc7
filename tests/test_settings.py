"""The settings file: what is stored comes back, and damage is a sentence."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.lists import ListName
from app.errors import ExitCode, NeedsUser
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings, default_home


def company(code: str = "ABC", **more) -> CompanySettings:
    sage = SageSettings(kind="sage", location=r"\\SERVER\Sage 100\MAS90", user="bridge")
    cloud = CloudSettings(url="https://ap.example.com", client_id="client", legal_entity="10")
    return CompanySettings(code=code, name="ABC Distribution & Service", sage=sage, cloud=cloud, **more)


def test_fresh_settings_know_no_company(apbridge_home: Home) -> None:
    assert apbridge_home.load() == Settings()


def test_settings_come_back_as_they_were_stored(apbridge_home: Home) -> None:
    settings = Settings(
        companies=(
            company("ABC", lists_off=tuple(ListName)[:2], orders_from=date(2026, 1, 31), workflow_banks=("A", "B")),
            company("XYZ", payments_on=False, check_prefix="Q", time_zone="America/Chicago"),
        ),
        sage_timeout_seconds=60,
    )

    apbridge_home.save(settings)

    assert apbridge_home.load() == settings


def test_settings_of_a_newer_version_are_read_without_what_is_unknown(apbridge_home: Home) -> None:
    apbridge_home.save(Settings(sage_timeout_seconds=60))
    text = apbridge_home.settings_file.read_text("utf-8")
    apbridge_home.settings_file.write_text(text.replace("{", '{"from_the_future": 1,', 1), "utf-8")

    assert apbridge_home.load() == Settings(sage_timeout_seconds=60)


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe{}", b"[]", b'{"companies": [{"code": "ABC"}]}', b'{"sage_timeout_seconds": "soon"}'],
)
def test_damaged_settings_are_a_sentence_that_names_the_file(apbridge_home: Home, damage: bytes) -> None:
    apbridge_home.path.mkdir()
    apbridge_home.settings_file.write_bytes(damage)

    with pytest.raises(NeedsUser) as caught:
        apbridge_home.load()

    assert caught.value.code == "settings-unreadable"
    assert caught.value.exit_code is ExitCode.COMPUTER
    assert str(apbridge_home.settings_file) in caught.value.message


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("time_zone", "Mars/Olympus", "America/Chicago"),
        ("time_zone", "America", "America/Chicago"),
        ("time_zone", "../etc/passwd", "America/Chicago"),
        ("orders_arrive_as", "XX", "PO and PA"),
        ("vendor_address", "foo", "standard and remit_to"),
        ("code", "ABCD", "1 to 3 letters or digits"),
        ("code", "", "1 to 3 letters or digits"),
        ("code", "../", "1 to 3 letters or digits"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(
    apbridge_home: Home, setting: str, value: str, allowed: str
) -> None:
    apbridge_home.save(Settings(companies=(replace(company(), **{setting: value}),)))

    with pytest.raises(NeedsUser) as caught:
        apbridge_home.load()

    assert caught.value.code == "settings-invalid"
    assert caught.value.exit_code is ExitCode.COMPUTER
    for said in (str(apbridge_home.settings_file), setting, f"“{value}”", allowed):
        assert said in caught.value.message


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(sage_timeout_seconds=0), "sage_timeout_seconds is 0"),
        (Settings(companies=(company("ABC"), company("ABC"))), "“ABC” is there twice"),
        (Settings(companies=(replace(company(), sage=SageSettings("paper", "", "")),)), "sage, premium and demo"),
        (Settings(companies=(replace(company(), sage=SageSettings("sage", "", "", remote_port=0)),)), "1 to 65535"),
    ],
)
def test_settings_that_would_fail_later_are_refused_at_once(apbridge_home: Home, settings: Settings, said: str) -> None:
    apbridge_home.save(settings)

    with pytest.raises(NeedsUser) as caught:
        apbridge_home.load()

    assert caught.value.code == "settings-invalid"
    assert said in caught.value.message


PREMIUM = SageSettings("premium", "", "bridge", server="SRV\\SAGE")


@pytest.mark.parametrize(
    ("sage", "said"),
    [
        (replace(PREMIUM, server=""), "server is missing"),
        (replace(PREMIUM, dsn="Own"), "server and dsn are both set"),
        (replace(PREMIUM, remote_host="mas"), "remote_host is set"),
        (replace(PREMIUM, kind="sage"), "server is set; it is for kind “premium”"),
        (SageSettings("sage", "", "bridge", database="MAS_ABC"), "database is set"),
        (SageSettings("sage", "", "bridge", driver="SQL Server"), "driver is set"),
        (SageSettings("sage", "", "bridge", sql_user="sa"), "sql_user is set"),
        (SageSettings("sage", "", "bridge", dsn="Own", remote_host="mas"), "dsn and remote_host are both set"),
    ],
)
def test_settings_that_do_not_go_together_are_named(apbridge_home: Home, sage: SageSettings, said: str) -> None:
    apbridge_home.save(Settings(companies=(replace(company(), sage=sage),)))

    with pytest.raises(NeedsUser) as caught:
        apbridge_home.load()

    assert caught.value.code == "settings-invalid"
    assert f"of company ABC, {said}" in caught.value.message


@pytest.mark.parametrize(
    "sage",
    [
        PREMIUM,
        replace(PREMIUM, server="", dsn="Own", sql_user="MAS_User", trust_certificate=True),
        SageSettings("sage", "", "bridge"),
        SageSettings("sage", "", "bridge", dsn="Own"),
        SageSettings("sage", "C:\\Sage\\MAS90", "bridge", remote_host="mas", remote_port=20223),
    ],
)
def test_every_way_to_reach_sage_can_be_set(apbridge_home: Home, sage: SageSettings) -> None:
    settings = Settings(companies=(replace(company(), sage=sage),))
    apbridge_home.save(settings)

    assert apbridge_home.load() == settings


def test_a_crash_while_storing_leaves_the_old_settings(apbridge_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    apbridge_home.save(Settings(sage_timeout_seconds=60))

    def crash(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            apbridge_home.save(Settings(sage_timeout_seconds=90))

    assert apbridge_home.load() == Settings(sage_timeout_seconds=60)
    apbridge_home.save(Settings(sage_timeout_seconds=90))
    assert apbridge_home.load() == Settings(sage_timeout_seconds=90)
    assert [file.name for file in apbridge_home.path.iterdir()] == ["settings.json"]


def test_the_settings_file_is_never_half_written_in_place(apbridge_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: written.append(self) or write(self, data))

    apbridge_home.save(Settings())

    assert apbridge_home.settings_file not in written


def test_a_company_is_found_by_its_code_or_by_being_the_only_one() -> None:
    one = Settings(companies=(company("ABC"),))
    two = one.with_company(company("XYZ"))

    assert one.company(None).code == "ABC"
    assert two.company("XYZ").code == "XYZ"


@pytest.mark.parametrize(
    ("codes", "asked", "error"),
    [((), None, "no-company"), (("ABC", "XYZ"), None, "unknown-company"), (("ABC",), "XYZ", "unknown-company")],
)
def test_a_company_that_cannot_be_told_is_asked_for(codes: tuple[str, ...], asked: str | None, error: str) -> None:
    with pytest.raises(NeedsUser) as caught:
        Settings(companies=tuple(company(code) for code in codes)).company(asked)

    assert caught.value.code == error
    assert all(code in caught.value.message for code in codes)


def test_a_company_set_again_takes_the_place_of_the_old_one() -> None:
    settings = Settings(companies=(company("ABC"),)).with_company(company("ABC", currency="CAD"))

    assert [each.currency for each in settings.companies] == ["CAD"]


def test_the_home_folder_is_the_one_named_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APBRIDGE_HOME", str(tmp_path))

    assert default_home() == tmp_path
    assert Home().settings_file == tmp_path / "settings.json"
