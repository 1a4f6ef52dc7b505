"""Property tests draw the same examples everywhere, and a busy machine is no fault."""

from hypothesis import HealthCheck, settings

settings.register_profile("callqa", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("callqa")
