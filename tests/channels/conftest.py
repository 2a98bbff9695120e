"""What the tests of channels share stands in tests/desk_fixtures.py; other folders use it too."""

from tests.desk_fixtures import CLIENT, PUBLIC, SECRET, Desk

__all__ = ["CLIENT", "PUBLIC", "SECRET", "Desk"]
