"""System checks: one id for every way to get the set-up wrong."""
