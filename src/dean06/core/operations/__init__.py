"""How the installation fares: jobs, workers, connections, disk, backups, and the log's chains."""
