"""What programs that watch the site ask: does it live, is it ready, its figures."""
