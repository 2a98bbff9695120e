"""How long a provider asks us to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0  # seconds; whatever a provider asks for
USUAL_WAIT = 5.0


def seconds(retry_after: str) -> float:
    """Seconds to wait by a Retry-After header, which is a number or a date; 5 without one."""
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            wait = USUAL_WAIT
    return min(max(wait, 1.0), LONGEST_WAIT) if wait == wait else USUAL_WAIT
