"""Several parts of the bot together, in one process, with a clock that tests may move."""
