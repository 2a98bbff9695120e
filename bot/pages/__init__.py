"""The pages anyone may open: the web chat, the offer, an own appointment, and how we work."""
