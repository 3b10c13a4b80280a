"""A real SMTP server for the tests of `transport`, made of aiosmtpd.

Prints its port, then one line of JSON for each message it took. It ends when its standard input
does. `refused@` and `busy@` are turned away as a mail server would; `bell` signs in with `ding`.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Inbox:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox here"
        if address.startswith("busy@"):
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient is fine"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "login": session.auth_data,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "type": message.get_content_type(),
            "body": message.get_content().replace("\r\n", "\n"),
        }
        print(json.dumps(taken), flush=True)
        return "250 2.0.0 taken"


def sign_in(server, session, envelope, mechanism, data):
    good = data.login == b"bell" and data.password == b"ding"
    return AuthResult(success=good, handled=good, auth_data=data.login.decode())


async def main():
    loop = asyncio.get_running_loop()

    def connection():
        return SMTP(
            Inbox(),
            hostname="inbox.example.org",
            authenticator=sign_in,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
