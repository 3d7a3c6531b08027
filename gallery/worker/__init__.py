"""What works in the background: hears the doorbell, claims jobs and tasks, and does them."""
