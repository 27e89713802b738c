"""The subcommands of `bot.py`."""
