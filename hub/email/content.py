"""What the queue keeps of an e-mail until it is sent: encrypted, with a key of ``SECRET_KEY``.

An ``EmailMessage`` becomes JSON and is made again from it, whoever wrote it: text, alternatives,
attachments, headers. Message-ID and date are those of the day it was written, so that a mail server
that gets it twice can see that.
"""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from email import message_from_bytes
from email.mime.base import MIMEBase
from email.utils import formatdate, make_msgid, parseaddr

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.crypto import salted_hmac


class Unreadable(Exception):
    """The content was encrypted with another ``SECRET_KEY``."""


class HubEmail(EmailMessage):
    """An e-mail of the hub's own, with what the queue keeps of it in clear.

    ``kind`` is its template. It is not sent after ``valid_until``, nor once ``subscription`` is
    gone. With ``is_confirmation`` the queue keeps no text at all: the app that owns the
    subscription writes it when it is sent.
    """

    def __init__(
        self, *args, kind="", valid_until=None, subscription=None, is_confirmation=False, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.kind, self.valid_until = kind, valid_until
        self.subscription, self.is_confirmation = subscription, is_confirmation


class AddressedEmail(EmailMultiAlternatives):
    """An e-mail as it was written, handed to the mail server for one of its recipients.

    Mail servers answer for each recipient, and Django drops all answers but the last.
    """

    recipient = ""

    def recipients(self):
        return [self.recipient]


def hash_of(address) -> str:
    """By which e-mails to ``address`` are found; tells nothing to those without the key."""
    bare = parseaddr(address)[1] or address
    return _hmac("hub.email.address", bare.strip().lower(), settings.SECRET_KEY).hexdigest()


def stamped_headers(message) -> dict[str, str]:
    """The headers of ``message``, with a date and a Message-ID if it has none yet."""
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    named = {name.lower() for name in headers}
    if "date" not in named:
        headers["Date"] = formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
    if "message-id" not in named:
        # Without a domain it would be asked from the network, while somebody waits for the page.
        domain = parseaddr(str(message.from_email))[1].rpartition("@")[2]
        headers["Message-ID"] = make_msgid(domain=domain or "localhost")
    return headers


def packed(message, recipient, headers) -> str:
    """The whole ``message``, with ``headers``, for one ``recipient``: encrypted."""
    content = {
        "recipient": recipient, "subject": str(message.subject), "body": str(message.body),
        "from": str(message.from_email), "to": [str(to) for to in message.to],
        "cc": [str(to) for to in message.cc], "reply_to": [str(to) for to in message.reply_to],
        "headers": headers, "subtype": message.content_subtype,
        "encoding": message.encoding and str(message.encoding),
        "alternatives": [
            [_written(content), mimetype]
            for content, mimetype in getattr(message, "alternatives", [])
        ],
        "attachments": [_packed_attachment(item) for item in message.attachments],
    }
    return _cipher().encrypt(json.dumps(content).encode()).decode()


def unpacked(content) -> AddressedEmail:
    """The e-mail that was ``packed``. Raises Unreadable."""
    try:
        found = json.loads(_cipher().decrypt(content.encode()))
    except InvalidToken:
        raise Unreadable from None
    message = AddressedEmail(
        found["subject"], found["body"], found["from"], found["to"], cc=found["cc"],
        reply_to=found["reply_to"], headers=found["headers"],
        alternatives=[(_read(content), mimetype) for content, mimetype in found["alternatives"]],
    )
    message.recipient, message.content_subtype = found["recipient"], found["subtype"]
    message.encoding = found["encoding"]
    for item in found["attachments"]:
        message.attach(*_unpacked_attachment(item))
    return message


def addressed(message, recipient) -> AddressedEmail:
    """``message`` as the queue would send it to ``recipient``."""
    return unpacked(packed(message, recipient, stamped_headers(message)))


def _packed_attachment(item):
    if isinstance(item, MIMEBase):
        return {"mime": b64encode(item.as_bytes()).decode()}
    name, content, mimetype = item
    return {"name": name, "content": _written(content), "mimetype": mimetype}


def _unpacked_attachment(item):
    if "mime" not in item:
        return item["name"], _read(item["content"]), item["mimetype"]
    parsed = message_from_bytes(b64decode(item["mime"]))
    part = MIMEBase(parsed.get_content_maintype(), parsed.get_content_subtype())
    for name in list(part.keys()):
        del part[name]
    for name, value in parsed.items():
        part[name] = value
    part.set_payload(parsed.get_payload())
    return (part,)


def _written(content):
    return {"bytes": b64encode(content).decode()} if isinstance(content, bytes) else str(content)


def _read(content):
    return b64decode(content["bytes"]) if isinstance(content, dict) else content


def _cipher() -> MultiFernet:
    return MultiFernet([
        Fernet(urlsafe_b64encode(_hmac("hub.email.content", "", key).digest()))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ])


def _hmac(salt, value, key):
    return salted_hmac(salt, value, secret=key, algorithm="sha256")
