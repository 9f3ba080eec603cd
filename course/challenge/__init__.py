"""The edge challenge for instructors: files of a class run in the sandbox, scored outside of it, and ranked."""
