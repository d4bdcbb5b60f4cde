"""How hypothesis runs: the same examples every time, and no limit on the time one takes on a busy machine."""

from hypothesis import settings

settings.register_profile("loupe", derandomize=True, deadline=None)
settings.load_profile("loupe")
