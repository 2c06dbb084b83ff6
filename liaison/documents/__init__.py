"""Official papers as .docx, laid out by GB/T 9704-2012: values in, bytes out. Knows no feature."""
