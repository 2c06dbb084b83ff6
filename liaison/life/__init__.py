"""The life of a mechanism: asleep, and awake again."""
