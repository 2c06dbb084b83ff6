"""办案成效: what came of the cooperation, agreed between the agencies that report it, and what is made of it."""
