"""会议时间征询: two to six times for a meeting without a date, asked of the agencies' liaisons; an officer picks one of them."""
