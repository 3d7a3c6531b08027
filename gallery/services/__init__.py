"""What people do, when it takes several models, files or a message to the worker."""
