from hypothesis import settings

# A busy machine is not a wrong draw.
settings.register_profile("callqa", deadline=None)
settings.load_profile("callqa")
