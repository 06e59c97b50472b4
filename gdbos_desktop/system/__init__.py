"""The machine: paths, settings, log, tasks, messages. Hides the operating system; knows nothing of the field."""
