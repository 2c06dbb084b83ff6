"""Files that people bring: looked into before they are taken, kept under names of our own. Knows no feature."""
