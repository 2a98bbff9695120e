"""What the tests of e-mail share: our address and secret, and the marks they make."""

from channels.email.marks import Marks

ADDRESS = "leerlijn@leerlijn.example"
SECRET = b"a secret of the tests, long enough"
MARKS = Marks(ADDRESS, SECRET)
CLIENT = "fatma@voorbeeld.be"


def filled(mail: str, message_id: int = 12, to: str = CLIENT) -> str:
    """A mail of the corpus with our ids and addresses filled in."""
    return (
        mail.replace("{ours}", MARKS.message_id(message_id))
        .replace("{reply}", MARKS.reply_to(message_id))
        .replace("{bounce}", MARKS.bounces_to(message_id, to))
    )
