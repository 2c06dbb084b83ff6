"""查阅人员: who from outside reads a mechanism for a while, who named them, and everything that they looked at."""
