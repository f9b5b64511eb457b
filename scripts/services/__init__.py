"""The outside services that tests need, for one run of them: `python -m scripts.services [pytest arguments]`."""
