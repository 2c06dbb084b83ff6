"""归档: the record of a mechanism, or a year of it, as one ZIP that each agency keeps and can check without trusting the server."""
