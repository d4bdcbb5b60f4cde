"""The profile of hypothesis: the same examples every time, without a time limit on a busy machine."""

from hypothesis import settings

settings.register_profile("loupe", derandomize=True, deadline=None)
settings.load_profile("loupe")
