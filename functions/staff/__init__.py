"""The practice's side: the API that staff work with, and the console's pages."""
