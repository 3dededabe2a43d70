"""Settings are read once, typed, checked; what is wrong is said with what to do."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dispatch.config import SETTINGS, TEXTS, SettingsError, read_settings

SECRET = "s" * 32
KEYS = {"FIELD_KEYS": "1:" + "A" * 43, "INDEX_KEY": "A" * 43}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name, _, _ in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def _read(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(f"DISPATCH_{name}", value)
    return read_settings(needs_secret="SECRET_KEY" in values)


def test_defaults_are_those_of_the_table(monkeypatch):
    settings = _read(monkeypatch, SECRET_KEY=SECRET, **KEYS)

    assert settings.secret_key == SECRET
    assert settings.var_dir == Path("var").absolute()
    assert settings.database_url == f"sqlite:///{Path('var').absolute() / 'dispatch.sqlite'}"
    assert settings.network == "city"
    assert settings.time_zone == ZoneInfo("Asia/Shanghai")
    assert settings.study_area_ll == (116.6, 38.5, 118.2, 40.3)
    assert (settings.access_token_min, settings.body_max_bytes) == (15, 1_048_576)
    assert settings.networks_dir == settings.var_dir / "networks"


def test_the_database_lies_in_the_folder_that_is_set(monkeypatch, tmp_path):
    settings = _read(monkeypatch, VAR_DIR=str(tmp_path))

    assert settings.database_url == f"sqlite:///{tmp_path / 'dispatch.sqlite'}"


def test_a_command_that_serves_nobody_needs_no_secret(monkeypatch):
    assert _read(monkeypatch).secret_key == ""


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_missing_or_short_secret_is_refused_without_repeating_it(monkeypatch, secret):
    monkeypatch.setenv("DISPATCH_SECRET_KEY", secret)

    with pytest.raises(SettingsError, match="DISPATCH_SECRET_KEY is missing or shorter than 32") as caught:
        read_settings()

    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "postgresql://x"),
        ("TIME_ZONE", "Asia/Atlantis"),
        ("TIME_ZONE", "../etc/passwd"),
        ("STUDY_AREA_LL", "1,2,3"),
        ("STUDY_AREA_LL", "a,b,c,d"),
        ("STUDY_AREA_LL", "118,38,116,40"),
        ("STUDY_AREA_LL", "38,116,40,118"),
        ("STUDY_AREA_LL", "nan,38,118,40"),
        ("ACCESS_TOKEN_MIN", "0"),
        ("ACCESS_TOKEN_MIN", "soon"),
        ("ACCESS_TOKEN_MIN", "-1"),
        ("BODY_MAX_BYTES", "1.5"),
    ],
)
def test_what_cannot_be_is_refused_and_named(monkeypatch, name, value):
    with pytest.raises(SettingsError, match=f"DISPATCH_{name}"):
        _read(monkeypatch, **{name: value})


SMS = {
    "NOTIFIER": "sms",
    "SMS_URL": "https://sms.example.cn/send",
    "SMS_KEY_ID": "key",
    "SMS_SECRET": "hush",
    "SMS_SIGNATURE": "某区养老",
    "SMS_TEMPLATES": ",".join(f"{name}=SMS_{number}" for number, name in enumerate(TEXTS)),
}
WECHAT = {
    "NOTIFIER": "wechat",
    "WECHAT_APP_ID": "wx1",
    "WECHAT_SECRET": "hush",
    "WECHAT_TEMPLATES": ",".join(f"{name}=T/thing1/thing2/thing3" for name in TEXTS),
}


def test_short_texts_go_to_the_console_unless_a_provider_is_chosen(monkeypatch):
    assert _read(monkeypatch).notifier.kind == "console"
    chosen = _read(monkeypatch, **SMS).notifier
    assert (chosen.kind, chosen.sms_templates["accepted"]) == ("sms", "SMS_0")
    assert "hush" not in repr(chosen)
    chosen = _read(monkeypatch, **WECHAT).notifier
    assert (chosen.kind, chosen.wechat_url) == ("wechat", "https://api.weixin.qq.com")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"NOTIFIER": "pigeon"}, "DISPATCH_NOTIFIER"),
        (SMS | {"SMS_SECRET": ""}, "DISPATCH_SMS_SECRET"),
        (SMS | {"SMS_URL": "ftp://sms.example.cn"}, "DISPATCH_SMS_URL"),
        (SMS | {"SMS_SIGNATURE": "很长很长很长很长很长的签名"}, "DISPATCH_SMS_SIGNATURE"),
        (SMS | {"SMS_TEMPLATES": "accepted=SMS_1"}, "DISPATCH_SMS_TEMPLATES"),
        (WECHAT | {"WECHAT_TEMPLATES": SMS["SMS_TEMPLATES"]}, "DISPATCH_WECHAT_TEMPLATES"),
        (WECHAT | {"WECHAT_APP_ID": ""}, "DISPATCH_WECHAT_APP_ID"),
    ],
)
def test_a_provider_that_is_half_set_up_stops_the_start(monkeypatch, values, named):
    with pytest.raises(SettingsError, match=named) as caught:
        _read(monkeypatch, **values)

    assert "hush" not in str(caught.value)
