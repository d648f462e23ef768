"""Results for people and for programs: terminal, markdown, JSON and JUnit; none of it decides anything."""
