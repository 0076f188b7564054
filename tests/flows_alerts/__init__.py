"""The alert flows on a fake clock; the complaints they answer are numbered as in the list of complaints."""
