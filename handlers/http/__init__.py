"""Plain HTTP routes: health and readiness."""
