"""The pages. Each partial has its own view and address, and the page includes the same template."""
