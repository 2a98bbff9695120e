"""One file per group of commands; each has `add_to(subparsers)` and coroutines that take (settings, arguments).

`bot.__main__` imports only the file of the command that runs.
"""
