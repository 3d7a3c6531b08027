"""What takes minutes by its nature: `make test-long`. docs/tests.md says what each of them is for."""
