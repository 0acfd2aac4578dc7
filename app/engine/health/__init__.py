"""What must be well for a run: looked at before each one, and one by one by the doctor."""
