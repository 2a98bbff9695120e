"""What staff are told when something cannot be done."""


class NotAllowed(Exception):
    """The step does not exist from here; the message is a Dutch sentence for the staff member."""
