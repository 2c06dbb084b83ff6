"""会签: one fixed text and the word of every agency on it, for minutes, agreements and joint letters alike. Knows no meeting."""
