"""落实事项: what a meeting asked an agency to do, until it is done."""
