"""信息通报 and 线索移送: what one agency writes to others between meetings, and what each of them does with it."""
