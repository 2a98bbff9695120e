"""Settings: one class, read once at the start and passed down. Every field has a default that runs."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MODEL = "model.npz"
TAKEN_NAMES = frozenset(
    {
        "web",
        "sms",
        "whatsapp",
        "bsuid",
        "telegram",
        "messenger",
        "email",
        "mailto",
        "voice",
        "tel",
        "phone",
        "desk",
        "letter",
    }
)  # channels and schemes of ours
SETUP_VAR = Path(__file__).resolve().parent.parent / "var"


class SmsSettings(BaseModel):
    """SMS through Twilio."""

    account_sid: str = Field("", description="Twilio account SID; empty: the SMS channel is off.")
    auth_token: SecretStr = Field(
        SecretStr(""), description="Signs Twilio's webhooks; empty: the channel is off."
    )
    shared_key: SecretStr = Field(
        SecretStr(""), description="Signs Twilio's webhooks instead, when Twilio is told so."
    )
    number: str = Field("", description="Our number in E.164, e.g. +3280012345.")
    api_base: str = Field("https://api.twilio.com", description="Twilio's REST address; a stub in tests.")
    per_second: float = Field(
        0.0,
        ge=0,
        description="Most replies a second; 0: as Twilio takes them, which queues by itself. What we write first: 1.",
    )

    @property
    def on(self) -> bool:
        """Whether there is an account, so a channel."""
        return bool(self.account_sid and self.auth_token.get_secret_value())


class WhatsAppSettings(BaseModel):
    """WhatsApp, through Meta's Cloud API or through Twilio."""

    provider: str = Field("meta", pattern="^(meta|twilio)$", description="meta (Cloud API) or twilio.")
    phone_number_id: str = Field("", description="Meta: id of our number; empty: the channel is off.")
    access_token: SecretStr = Field(
        SecretStr(""), description="Meta: token of a system user, which does not expire."
    )
    app_secret: SecretStr = Field(
        SecretStr(""), description="Meta: signs its webhooks; empty: the channel is off."
    )
    verify_token: SecretStr = Field(
        SecretStr(""), description="Meta: what you make up and enter beside the webhook's address."
    )
    account_sid: str = Field("", description="Twilio: account SID; empty: the channel is off.")
    auth_token: SecretStr = Field(
        SecretStr(""), description="Twilio: signs its webhooks; empty: the channel is off."
    )
    shared_key: SecretStr = Field(
        SecretStr(""), description="Twilio: signs its webhooks instead, when it is told so."
    )
    number: str = Field("", description="Twilio: our WhatsApp number in E.164.")
    api_base: str = Field("", description="The provider's address; empty: its own; a stub in tests.")

    @property
    def on(self) -> bool:
        """Whether the chosen provider has what it needs, so a channel."""
        if self.provider == "twilio":
            return bool(self.account_sid and self.auth_token.get_secret_value() and self.number)
        secrets = (self.access_token, self.app_secret)
        return bool(self.phone_number_id and all(secret.get_secret_value() for secret in secrets))


class MessengerSettings(BaseModel):
    """Messenger, through Meta's Graph API."""

    page_id: str = Field("", description="Id of our page; empty: the channel is off.")
    page_token: SecretStr = Field(SecretStr(""), description="Token of the page; empty: the channel is off.")
    app_secret: SecretStr = Field(
        SecretStr(""), description="Signs Meta's webhooks; empty: the channel is off."
    )
    verify_token: SecretStr = Field(
        SecretStr(""), description="What you make up and enter beside the webhook's address."
    )
    app_id: str = Field("", description="Id of our app: echoes of its own messages are no take-over.")
    api_base: str = Field("", description="Meta's address; empty: its own; a stub in tests.")

    @property
    def on(self) -> bool:
        """Whether there is a page and what signs for it, so a channel."""
        secrets = (self.page_token, self.app_secret)
        return bool(self.page_id and all(secret.get_secret_value() for secret in secrets))


class TelegramSettings(BaseModel):
    """Telegram, through a bot made with @BotFather."""

    token: SecretStr = Field(SecretStr(""), description="The bot's token; empty: the channel is off.")
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="1 to 256 of A-Z a-z 0-9 _ -, which Telegram sends along; empty: no webhook is believed.",
    )
    poll: bool | None = Field(
        None,
        description="Fetch messages ourselves (true) or be called (false); empty: poll without an https address.",
    )
    api_base: str = Field("https://api.telegram.org", description="The Bot API's address; a stub in tests.")

    @field_validator("webhook_secret")
    @classmethod
    def _secret_fits(cls, secret: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
            raise ValueError("Telegram takes 1 to 256 letters, digits, _ and - only")
        return secret

    @property
    def on(self) -> bool:
        """Whether there is a bot, so a channel."""
        return bool(self.token.get_secret_value())


class EmailSettings(BaseModel):
    """E-mail: in by IMAP or a signed webhook, out by SMTP."""

    address: str = Field("", description="Our e-mail address; empty: the e-mail channel is off.")
    name: str = Field("Leerlijn", description="The name beside our address.")
    smtp_host: str = Field("", description="The server we hand mail to; empty: the channel is off.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: str = Field(
        "starttls", pattern="^(starttls|tls|none)$", description="starttls, tls (port 465) or none."
    )
    smtp_user: str = Field("", description="Who logs in there; empty: nobody does.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Their password.")
    imap_host: str = Field("", description="Where our mail comes in; empty: only by the webhook.")
    imap_port: int = Field(993, ge=1, le=65535, description="Its port.")
    imap_tls: bool = Field(True, description="TLS from the first byte; without it passwords go readable.")
    imap_user: str = Field("", description="Who logs in there; empty: our address.")
    imap_password: SecretStr = Field(SecretStr(""), description="Their password.")
    imap_folder: str = Field("INBOX", description="The folder that is watched.")
    imap_done: str = Field(
        "", description="Where mail goes once it is taken; empty: it stays, marked as read."
    )
    imap_sent: str = Field(
        "", description="Where the server itself keeps what we sent; settles what was not certain."
    )
    imap_days: int = Field(30, ge=1, le=365, description="Mail that came longer ago is left alone.")
    plus: bool = Field(True, description="Our mailbox takes plus-addresses (name+something@…).")
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="Signs mail that is posted to /webhooks/email; empty: it is refused."
    )

    @property
    def on(self) -> bool:
        """Whether mail can go out."""
        return bool(self.address and self.smtp_host)


class VoiceSettings(BaseModel):
    """Phone calls through Twilio; the account may be the one of SMS."""

    account_sid: str = Field("", description="Twilio account SID; empty: the phone channel is off.")
    auth_token: SecretStr = Field(
        SecretStr(""), description="Signs Twilio's requests; empty: the channel is off."
    )
    number: str = Field("", description="Our number in E.164, e.g. +3280012345.")
    api_base: str = Field("https://api.twilio.com", description="Where recordings are; a stub in tests.")
    connect: bool = Field(
        False,
        description="Put who asks for a person through to the region's phone during office hours; else call back.",
    )
    region: str = Field("", description="Whose phone that is for callers we know no region of, e.g. gent.")

    @property
    def on(self) -> bool:
        """Whether there is an account, so a channel."""
        return bool(self.account_sid and self.auth_token.get_secret_value())


class OtherSettings(BaseModel):
    """A channel that an integrator adds, as docs/own-channel.md describes."""

    secret: SecretStr = Field(
        min_length=16, description="Signs both ways; at least 16 characters, shared with the integrator."
    )
    url: str = Field("", description="Where we POST messages; empty: the channel only brings them.")
    internal: bool = Field(
        False, description="The address is on our own network; else only public ones are reached."
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
            raise ValueError("an address like https://kiosk.example/messages is expected")
        return url


class RouterSettings(BaseModel):
    """Who knows how long one is on the way by public transport."""

    url: str = Field("", description="The router's address; empty: distances are in a straight line.")
    kind: str = Field(
        "otp", pattern="^(otp|motis)$", description="otp (OpenTripPlanner 2) or motis (MOTIS 2)."
    )
    timeout: float = Field(2.0, gt=0, le=10, description="Seconds that an answer to a client waits for it.")


class NluSettings(BaseModel):
    """Which engine understands messages."""

    engine: str = Field("embedded", pattern="^(embedded|rasa)$", description="embedded or rasa.")
    rasa_url: str = Field("http://127.0.0.1:5005", description="The Rasa server, when engine is rasa.")
    rasa_timeout: float = Field(
        2.0, gt=0, le=30, description="Seconds to wait for Rasa before our own engine answers."
    )
    embedding_model: Path | None = Field(
        None,
        description="A folder with model.onnx and tokenizer.json; empty: the encoder that comes with us.",
    )
    embedding_prefix: str = Field(
        "", description='What that model wants before every message, e.g. "query: ".'
    )
    embedding_workers: int = Field(
        1, ge=0, le=64, description="Processes that embed sentences, sharing the cores; 0: in this process."
    )
    language_detector: str = Field(
        "py3langid",
        pattern="^(py3langid|langdetect)$",
        description="py3langid (measured best) or langdetect.",
    )


class Settings(BaseSettings):
    """Environment variables `LEERLIJN_…`, nested with `__`, e.g. `LEERLIJN_SMS__AUTH_TOKEN`."""

    model_config = SettingsConfigDict(env_prefix="LEERLIJN_", env_nested_delimiter="__", extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="What providers call, so what Twilio signs; default http://host:port."
    )
    var_dir: Path = Field(Path("var"), description="Embedded database, media and model.")
    database_url: str = Field("", description="postgresql://…; empty: a private PostgreSQL under var_dir.")
    redis_url: str = Field("", description="Optional: wake-ups and rate limits across machines.")
    secret: SecretStr = Field(
        SecretStr(""), description="Keys hashes and tokens; empty: made once in var_dir."
    )
    demo: bool = Field(False, description="Demo data, demo log-ins and a drawn SMS phone; set by `bot demo`.")
    alert_url: str = Field("", description="POSTed to when somebody is in crisis; empty: console only.")
    alert_phones: str = Field(
        "", description="Phones on duty that get an SMS in a crisis, at any hour, separated by spaces."
    )
    embed_origins: str = Field(
        "*", description="Sites that may embed the chat, separated by spaces; * for any."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics; empty: only this machine may read it."
    )
    gaps_k: int = Field(
        5, ge=2, le=20, description="Fewest different people behind a figure about demand without offer."
    )
    agenda_names: bool = Field(
        False, description="Full names of clients in the private calendar feeds; else only initials."
    )
    agenda_push: str = Field(
        "public",
        pattern="^(off|public|internal)$",
        description="Counsellors may have their appointments written to their own calendar: off, public (over https on "
        "the internet), internal (also on our own network, also without https).",
    )
    media_scan: str = Field(
        "",
        description="A virus scanner that is given each file's name and ends with 0 (clean) or 1; empty: none.",
    )
    body_limit: int = Field(1_000_000, description="Largest request body in bytes.")
    sms: SmsSettings = SmsSettings()
    whatsapp: WhatsAppSettings = WhatsAppSettings()
    messenger: MessengerSettings = MessengerSettings()
    telegram: TelegramSettings = TelegramSettings()
    email: EmailSettings = EmailSettings()
    voice: VoiceSettings = VoiceSettings()
    other: dict[str, OtherSettings] = Field(
        {}, description="Channels of integrators by name: LEERLIJN_OTHER__KIOSK__SECRET, …__URL, …__INTERNAL."
    )
    router: RouterSettings = RouterSettings()
    nlu: NluSettings = NluSettings()

    @field_validator("other")
    @classmethod
    def _names_are_free(cls, other: dict[str, OtherSettings]) -> dict[str, OtherSettings]:
        for name in other:
            if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", name) or name in TAKEN_NAMES:
                raise ValueError(
                    f"{name!r} cannot be the name of a channel: a-z and 0-9, and not one that exists"
                )
        return other

    @model_validator(mode="after")
    def _derive(self) -> "Settings":
        if not self.public_url:
            self.public_url = f"http://{self.host}:{self.port}"
        self.public_url = self.public_url.rstrip("/")
        self.var_dir = self.var_dir.resolve()
        if self.database_url.startswith("postgresql://"):
            self.database_url = self.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
        return self

    @property
    def model_path(self) -> Path:
        """The model of this var folder, or else the one that `make setup` trained in the project's own."""
        own, shipped = self.var_dir / MODEL, SETUP_VAR / MODEL
        return shipped if shipped.exists() and not own.exists() else own

    @property
    def duty_phones(self) -> tuple[str, ...]:
        """The phones that ring in a crisis."""
        return tuple(self.alert_phones.replace(",", " ").split())

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")
