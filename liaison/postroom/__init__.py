"""Mail that comes in: what each means, and what becomes of it."""
