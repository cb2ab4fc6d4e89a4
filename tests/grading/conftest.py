"""What holds for all tests of grading."""

collect_ignore = ["small_course"]  # a course that tests grade: its sources are no tests
