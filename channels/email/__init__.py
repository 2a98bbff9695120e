"""The e-mail channel: reading, quoting, threading, the mailbox, writing and handing over."""
