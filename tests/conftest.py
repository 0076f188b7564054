"""What holds for all tests: how long one example takes says nothing on a busy machine."""

from hypothesis import settings

settings.register_profile("headroom", deadline=None)
settings.load_profile("headroom")
