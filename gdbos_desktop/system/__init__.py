"""The machine: paths, log, tasks, clock, memory, messages. Hides the operating system; knows nothing of the field."""
