"""Settings, read once from `DISPATCH_*` variables, typed and checked."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SHORTEST_SECRET = 32  # characters; RFC 7518 section 3.2 asks for a key of at least 256 bits for HS256

KEYS_EXAMPLE = "python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


class SettingsError(Exception):
    """A setting is missing or cannot be read; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class NotifierSettings:
    """Who carries short texts out of the house; what is not chosen stays empty."""

    kind: str = "console"
    sms_url: str = ""
    sms_key_id: str = ""
    sms_secret: str = field(default="", repr=False)
    sms_signature: str = ""
    sms_templates: dict[str, str] = field(default_factory=dict)
    wechat_url: str = ""
    wechat_app_id: str = ""
    wechat_secret: str = field(default="", repr=False)
    wechat_templates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the outside decides; the README's table says the same."""

    secret_key: str = field(repr=False)
    field_keys: str = field(repr=False)
    index_key: str = field(repr=False)
    database_url: str
    var_dir: Path
    network: str
    time_zone: ZoneInfo
    study_area_ll: tuple[float, float, float, float]
    access_token_min: int
    session_days: int
    body_max_bytes: int
    upload_max_bytes: int
    proxies: int
    metrics_from: tuple[IPv4Network | IPv6Network, ...]
    log_level: str
    rate_limit: int | None
    webhook_inside: tuple[IPv4Network | IPv6Network, ...]
    webhook_http: frozenset[str]
    notifier: NotifierSettings = field(default_factory=NotifierSettings)

    @property
    def networks_dir(self) -> Path:
        """The folder that holds one folder for each street network."""
        return self.var_dir / "networks"

    @property
    def travel_dir(self) -> Path:
        """The folder that keeps lengths of ways from one plan to the next."""
        return self.var_dir / "travel"

    @property
    def anchors_path(self) -> Path:
        """The file that holds the heads of the journal's chain, outside the database."""
        return self.var_dir / "audit" / "anchors.jsonl"


NONE = "none"  # of a list that may be empty
NOTIFIERS = ("console", "sms", "wechat", "off")
# the short texts that a gateway must know; a test compares them with those that are sent
TEXTS = (
    *("accepted", "rearranged", "moved", "canceled", "unmatched", "failed"),
    *("offered", "visit_planned", "visit_canceled", "alarm", "trial"),
)
SIGNATURE_MAX = 10
LOG_LEVELS = ("debug", "info", "warning", "error")

# name, default (None: required), what it is; the README's table is compared with this one
SETTINGS = (
    ("DISPATCH_SECRET_KEY", None, "signs access tokens; at least 32 random characters"),
    ("DISPATCH_FIELD_KEYS", None, "1:KEY or 1:OLD,2:NEW; seal ID numbers and phones; the highest number seals"),
    ("DISPATCH_INDEX_KEY", None, "finds sealed ID numbers and phones; never changes"),
    ("DISPATCH_DATABASE_URL", "sqlite:///var/dispatch.sqlite", "SQLite file or postgresql+psycopg://user@host/name"),
    ("DISPATCH_VAR_DIR", "var", "folder for the SQLite file, street networks, compiled kernels and kept ways"),
    ("DISPATCH_NETWORK", "city", "name of the street network that searches, matching and coverage use"),
    ("DISPATCH_TIME_ZONE", "Asia/Shanghai", "zone of all calendar dates"),
    ("DISPATCH_STUDY_AREA_LL", "116.6,38.5,118.2,40.3", "west,south,east,north; points outside are refused"),
    ("DISPATCH_ACCESS_TOKEN_MIN", "15", "minutes for which an access token is good"),
    ("DISPATCH_SESSION_DAYS", "30", "days after its last use for which a device stays signed in"),
    ("DISPATCH_BODY_MAX_BYTES", "1048576", "largest request body"),
    ("DISPATCH_UPLOAD_MAX_BYTES", "67108864", "largest file that is sent in to be imported"),
    ("DISPATCH_PROXIES", "0", "proxies in front, each adding to X-Forwarded-For the address that asked it"),
    ("DISPATCH_METRICS_FROM", "127.0.0.0/8,::1/128", "networks that may read /metrics, not through a proxy"),
    ("DISPATCH_LOG_LEVEL", "info", "info: a line for each request; warning: faults alone"),
    ("DISPATCH_RATE_LIMIT", "600", "requests a minute of one account or address to each web process; off: no limit"),
    ("DISPATCH_WEBHOOK_INSIDE", "none", "inside networks whose receivers of webhooks may be called: 10.1.0.0/16"),
    ("DISPATCH_WEBHOOK_HTTP", "none", "hosts that webhooks may call without encryption, by name: oa.example.cn"),
    ("DISPATCH_NOTIFIER", "console", "who sends short texts: console, sms, wechat or off"),
    ("DISPATCH_SMS_URL", NONE, "where the gateway for short messages takes them"),
    ("DISPATCH_SMS_KEY_ID", NONE, "the name of the key at that gateway"),
    ("DISPATCH_SMS_SECRET", NONE, "signs requests to that gateway"),
    ("DISPATCH_SMS_SIGNATURE", NONE, "the registered signature, at most 10 characters"),
    ("DISPATCH_SMS_TEMPLATES", NONE, "ours=theirs,…: the gateway's name of each template"),
    ("DISPATCH_WECHAT_URL", "https://api.weixin.qq.com", "where WeChat's platform answers"),
    ("DISPATCH_WECHAT_APP_ID", NONE, "the id of the official account or mini-program"),
    ("DISPATCH_WECHAT_SECRET", NONE, "its secret"),
    ("DISPATCH_WECHAT_TEMPLATES", NONE, "ours=ID/thing1/thing2/thing3,…: template id and its three fields"),
)


def read_settings(*, needs_secret: bool = True) -> Settings:
    """
    Read and check the environment.

    Parameters
    ----------
    needs_secret : bool
        Commands that serve nobody do without the secret.

    Raises
    ------
    SettingsError
        Where a value is missing or cannot be read.

    """
    values = {name: os.environ.get(name) or default for name, default, _ in SETTINGS}
    secret = values["DISPATCH_SECRET_KEY"] or ""
    if needs_secret and len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"DISPATCH_SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters. Make one and keep it: "
            "export DISPATCH_SECRET_KEY=\"$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')\""
        )
    keys = {name: values[name] or "" for name in ("DISPATCH_FIELD_KEYS", "DISPATCH_INDEX_KEY")}
    missing = [name for name, text in keys.items() if not text]
    if needs_secret and missing:
        raise SettingsError(
            f"{' and '.join(missing)} not set. Make keys once, keep them beside no backup of the database: "
            f"{KEYS_EXAMPLE}; DISPATCH_FIELD_KEYS is 1:KEY, DISPATCH_INDEX_KEY another KEY"
        )
    var_dir = Path(str(values["DISPATCH_VAR_DIR"])).absolute()
    url = os.environ.get("DISPATCH_DATABASE_URL") or f"sqlite:///{var_dir / 'dispatch.sqlite'}"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DISPATCH_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    return Settings(
        secret_key=secret,
        field_keys=keys["DISPATCH_FIELD_KEYS"],
        index_key=keys["DISPATCH_INDEX_KEY"],
        database_url=url,
        var_dir=var_dir,
        network=str(values["DISPATCH_NETWORK"]),
        time_zone=_zone(str(values["DISPATCH_TIME_ZONE"])),
        study_area_ll=_box(str(values["DISPATCH_STUDY_AREA_LL"])),
        access_token_min=_whole(values, "DISPATCH_ACCESS_TOKEN_MIN"),
        session_days=_whole(values, "DISPATCH_SESSION_DAYS"),
        body_max_bytes=_whole(values, "DISPATCH_BODY_MAX_BYTES"),
        upload_max_bytes=_whole(values, "DISPATCH_UPLOAD_MAX_BYTES"),
        proxies=_whole(values, "DISPATCH_PROXIES", least=0),
        metrics_from=_networks(values, "DISPATCH_METRICS_FROM"),
        log_level=_level(str(values["DISPATCH_LOG_LEVEL"])),
        rate_limit=None if values["DISPATCH_RATE_LIMIT"] == "off" else _whole(values, "DISPATCH_RATE_LIMIT"),
        webhook_inside=_some_networks(values, "DISPATCH_WEBHOOK_INSIDE"),
        webhook_http=frozenset(_listed(str(values["DISPATCH_WEBHOOK_HTTP"]).lower())),
        notifier=_notifier({name: "" if text in {None, NONE} else str(text) for name, text in values.items()}),
    )


def _notifier(values: dict[str, str]) -> NotifierSettings:
    kind = values["DISPATCH_NOTIFIER"]
    if kind not in NOTIFIERS:
        raise SettingsError(f"DISPATCH_NOTIFIER must be one of {', '.join(NOTIFIERS)}, not {kind!r}")
    if kind not in {"sms", "wechat"}:
        return NotifierSettings(kind=kind)
    ours = {name: text for name, text in values.items() if name.startswith(f"DISPATCH_{kind.upper()}_")}
    missing = sorted(name for name, text in ours.items() if not text)
    if missing:
        raise SettingsError(f"DISPATCH_NOTIFIER={kind} needs {', '.join(missing)}; docs/notices.md says what they are")
    url = ours[f"DISPATCH_{kind.upper()}_URL"]
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"DISPATCH_{kind.upper()}_URL must begin with https:// (or http:// on a closed network)")
    if kind == "wechat":
        return NotifierSettings(
            kind=kind,
            wechat_url=url,
            wechat_app_id=ours["DISPATCH_WECHAT_APP_ID"],
            wechat_secret=ours["DISPATCH_WECHAT_SECRET"],
            wechat_templates=_templates(ours, "DISPATCH_WECHAT_TEMPLATES", parts=4),
        )
    if len(ours["DISPATCH_SMS_SIGNATURE"]) > SIGNATURE_MAX:
        raise SettingsError(f"DISPATCH_SMS_SIGNATURE has more than {SIGNATURE_MAX} characters: texts would be split")
    return NotifierSettings(
        kind=kind,
        sms_url=url,
        sms_key_id=ours["DISPATCH_SMS_KEY_ID"],
        sms_secret=ours["DISPATCH_SMS_SECRET"],
        sms_signature=ours["DISPATCH_SMS_SIGNATURE"],
        sms_templates=_templates(ours, "DISPATCH_SMS_TEMPLATES", parts=1),
    )


def _templates(values: dict[str, str], name: str, *, parts: int) -> dict[str, str]:
    pairs = [part.strip().partition("=") for part in values[name].split(",")]
    found = {ours: theirs for ours, _, theirs in pairs}
    wrong = [theirs for theirs in found.values() if not theirs or theirs.count("/") != parts - 1]
    if wrong or set(found) != set(TEXTS) or len(pairs) != len(TEXTS):
        example = "TEMPLATE" if parts == 1 else "ID/thing1/thing2/thing3"
        raise SettingsError(f"{name} needs {', '.join(f'{each}={example}' for each in TEXTS)}")
    return found


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"DISPATCH_TIME_ZONE: there is no zone {text!r}; an example: Asia/Shanghai") from None


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError("DISPATCH_STUDY_AREA_LL needs four numbers: west,south,east,north") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 - the globe
        raise SettingsError("DISPATCH_STUDY_AREA_LL must be west,south,east,north in degrees, longitude first")
    return west, south, east, north


def _networks(values: dict[str, str | None], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part) for part in _listed(str(values[name])) or [""])
    except ValueError as error:
        raise SettingsError(f"{name} needs networks such as 10.1.0.0/16,::1/128: {error}") from None


def _some_networks(values: dict[str, str | None], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return _networks(values, name) if _listed(str(values[name])) else ()


def _listed(text: str) -> list[str]:
    return [] if text == NONE else [part.strip() for part in text.split(",")]


def _level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise SettingsError(f"DISPATCH_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {text!r}")
    return text


def _whole(values: dict[str, str | None], name: str, *, least: int = 1) -> int:
    text = str(values[name])
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise SettingsError(f"{name} must be a whole number of at least {least}, not {text!r}")
    return int(text)
