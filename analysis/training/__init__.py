"""What needs TensorFlow: nothing else of the project imports it, and nothing that serves imports this."""
