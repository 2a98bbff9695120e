"""The staff's web pages: everything under /console."""

from handover.console.routes import router

__all__ = ["router"]
