"""Settings of an installation: from the environment (prefix `TRADEWIND_`), with defaults that work.

Wrong settings stop the program at once with a sentence that names the variable and what to do.
"""

import os
import re
import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Known to everybody who can read this file, so it is good for nothing but development and tests.
DEVELOPMENT_KEY = "development-only-secret-key-known-to-everybody-0123456789"
SHORTEST_KEY = 32


class ConfigError(Exception):
    """The environment is wrong; the message is one or more sentences for the operator."""


class Config(BaseSettings):
    """One installation's settings; each field is the variable `TRADEWIND_<NAME>` unless it says otherwise."""

    model_config = SettingsConfigDict(env_prefix="TRADEWIND_", extra="ignore", populate_by_name=True, frozen=True)

    env: Literal["production", "demo", "test"] = "production"
    data: Path = Path("var")
    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "TRADEWIND_DATABASE_URL"))
    # Comma-separated for rotation, newest first. Empty: kept in DATA/secret.key, which is made when missing.
    given_keys: SecretStr = Field(SecretStr(""), validation_alias="TRADEWIND_SECRET_KEY")
    debug: bool = False
    given_hosts: str = Field("", validation_alias="TRADEWIND_ALLOWED_HOSTS")  # comma-separated; default: PUBLIC_URL's
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: str = ""  # comma-separated addresses whose X-Forwarded-* headers count
    email_url: str = ""  # smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start); empty: console
    email_from: str = "Tradewind <tradewind@localhost>"
    metrics_token: SecretStr = SecretStr("")  # opens /metrics to other machines; this machine needs none
    clock: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["", "json", "console"] = ""
    weather: str = Field("", pattern=r"^([\w.]+:\w+)?$")  # package.module:factory; see contacts/standing/weather.py
    weather_key: SecretStr = SecretStr("")  # for services that want one
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = Field("v26.0", pattern=r"^v\d+\.\d+$")

    # How many of each process `tradewind up` starts.
    web_processes: int = Field(1, ge=1, le=64)
    sender_processes: int = Field(1, ge=0, le=64)
    worker_processes: int = Field(1, ge=0, le=64)

    # The way out. A claim lives for lease_seconds; a call must be over well before (delivery.md, "Out").
    lease_seconds: float = Field(30.0, ge=3, le=600)
    connect_seconds: float = Field(3.0, gt=0, le=60)
    read_seconds: float = Field(20.0, gt=0, le=300)
    sender_concurrency: int = Field(200, ge=1, le=5000)
    intent_batch: int = Field(60, ge=1, le=500)
    # Negative proof: an unknown message may go out again after so many minutes and so many later attempts with status.
    negative_proof_minutes: float = Field(10.0, ge=0)
    negative_proof_later: int = Field(50, ge=1)
    unknown_hours: float = Field(24.0, gt=0)
    # The way in.
    webhook_batch_seconds: float = Field(0.005, ge=0, le=1)
    webhook_limit_bytes: int = Field(4 * 1024 * 1024, ge=1024)
    webhook_read_seconds: float = Field(5.0, gt=0, le=60)

    @field_validator("data")
    @classmethod
    def _absolute(cls, data: Path) -> Path:
        return data.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: str) -> str:
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("it must begin with postgresql://, because PostgreSQL is the only store")
        return url

    @field_validator("email_url")
    @classmethod
    def _is_mail_server(cls, url: str) -> str:
        if url and (not url.startswith(("smtp://", "smtps://")) or not urlsplit(url).hostname):
            raise ValueError("it must look like smtp://user:password@host:587 or smtps://user:password@host")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("it must begin with https:// (or http:// on your own machine)")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _calls_end_before_the_lease(self) -> Self:
        if self.connect_seconds + self.read_seconds >= self.lease_seconds:
            raise ValueError("connect_seconds and read_seconds together must stay below lease_seconds")
        return self

    @property
    def base_url(self) -> str:
        """Where people reach the console, without a slash at the end."""
        return self.public_url or f"http://{_shown_host(self.host)}:{self.port}"

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def allowed_hosts(self) -> list[str]:
        """Host names that requests may be addressed to: those given, else PUBLIC_URL's and this machine's own."""
        if self.given_hosts:
            return [host.strip() for host in self.given_hosts.split(",") if host.strip()]
        own = ["localhost", "127.0.0.1", "[::1]", *(["testserver"] if self.env == "test" else [])]
        named = urlsplit(self.public_url).hostname
        return [named, *own] if named else own

    @property
    def email_backend(self) -> str:
        """Django's back end for mail: SMTP when an address is set, the log otherwise (in tests: memory)."""
        kind = "locmem" if self.env == "test" else "smtp" if self.email_url else "console"
        return f"django.core.mail.backends.{kind}.EmailBackend"

    @property
    def email_server(self) -> dict[str, Any]:
        """Django's settings for sending mail through the server that `email_url` names."""
        parts = urlsplit(self.email_url)
        return {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or {"smtps": 465, "smtp": 587}.get(parts.scheme, 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.username is not None,  # a relay of our own needs none
            "EMAIL_TIMEOUT": 10,
            "DEFAULT_FROM_EMAIL": self.email_from,
            "SERVER_EMAIL": self.email_from,
        }

    @property
    def secret_key(self) -> str:
        """The newest secret key."""
        return self.secret_keys[0]

    @cached_property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret keys, newest first; made and kept in the data folder when none is set."""
        given = tuple(key.strip() for key in self.given_keys.get_secret_value().split(",") if key.strip())
        keys = given or (_kept_key(self.data / "secret.key"),)
        if self.is_production:
            _refuse_weak(keys)
        return keys


@lru_cache(maxsize=1)
def load() -> Config:
    """The settings of this process, read once. Raises `ConfigError` when the environment is wrong."""
    try:
        return Config()
    except ValidationError as error:
        raise ConfigError("\n".join(_sentence(problem) for problem in error.errors())) from None


def reload() -> Config:
    """Reads the environment again; for the command line, which sets variables, and for tests."""
    load.cache_clear()
    return load()


def _sentence(problem: object) -> str:
    assert isinstance(problem, dict)
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return f"The settings contradict each other: {reason}."
    name = str(problem["loc"][0])
    variable = name if name.isupper() else f"TRADEWIND_{name.upper()}"
    return f"{variable} is set to {_shown(str(problem['input']))!r}, which does not work: {reason}."


def _shown(value: str) -> str:
    """A wrong value for the sentence about it, without the password that an address may hold."""
    return re.sub(r"://[^@/\s]*@", "://…@", value)[:80]


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - these mean "everywhere" to a server and nothing to a browser
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _refuse_weak(keys: tuple[str, ...]) -> None:
    if DEVELOPMENT_KEY in keys:
        raise ConfigError("TRADEWIND_SECRET_KEY is the known development key. Set a long random one of your own.")
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ConfigError(f"TRADEWIND_SECRET_KEY is too short: each key needs at least {SHORTEST_KEY} characters.")


def _kept_key(path: Path) -> str:
    try:
        return _read_key(path) if path.exists() else _make_key(path)
    except OSError as error:
        raise ConfigError(
            f"The secret key cannot be kept in {path} ({error.strerror}). "
            "Make the folder writable or set TRADEWIND_SECRET_KEY."
        ) from error


def _make_key(path: Path) -> str:
    """Writes a new key whole or not at all; when two processes do it at once, the first one's key counts for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key counts, read below
    finally:
        draft.unlink()
    return _read_key(path)


def _read_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"{path} holds no usable secret key. Restore it from your back-up; without it secrets stay shut."
        )
    return key
