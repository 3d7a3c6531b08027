"""Libraries as earlier states of the site made them, and what has to be kept of them."""
