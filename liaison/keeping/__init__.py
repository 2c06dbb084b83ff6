"""Backup files: copying the database while it is in use, packing it with the papers, checking and unpacking. Knows no feature."""
