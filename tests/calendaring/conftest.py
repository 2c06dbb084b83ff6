from hypothesis import settings

# A slow machine is no failure: hypothesis otherwise fails an example that takes longer than 0.2 s.
settings.register_profile("calendaring", deadline=None)
settings.load_profile("calendaring")
