"""Carrying messages: the contract, one file per channel, the inbox, the outbox and the sender."""
