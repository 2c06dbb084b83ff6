"""一页纸: one A4 sheet on a mechanism for the leader: next meeting, what waits for whom, what is overdue, what is being signed, figures."""
