"""What a job works on: the inputs, and a new year."""
