"""Mail that the clock calls for: one bundled mail per address and working day (PRACTICE.md 14)."""
