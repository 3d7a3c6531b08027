"""Child processes, and what is asked of them: the only place of the site where pixels are decoded."""
