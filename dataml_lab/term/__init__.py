"""What an instructor needs around grading in a term: who is in the class, and what an LMS has of them."""
