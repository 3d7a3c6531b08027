"""What the start page begins with: what is new, what waits for a human's word, and what was on this day."""
