"""The window: shows what the store holds, and starts the engine as a process of its own."""
