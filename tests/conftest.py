"""Settings of the whole test run."""

from hypothesis import settings

settings.register_profile("project", deadline=None)  # a busy machine is no fault of the code
if settings.get_current_profile_name() == "default":  # hypothesis has its own profile for CI
    settings.load_profile("project")
