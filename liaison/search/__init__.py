"""Search: what may be found, how it is indexed with each change, and what a viewer finds of it."""
