"""The state of work in the background: jobs and tasks, their leases, and the doorbell."""
