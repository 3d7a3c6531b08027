"""Analysis in the background: the queue in the database, the doorbell, the runner and its children."""
