"""Pages of people and of the duties towards them: list, reveal, requests, breaches, retention."""
