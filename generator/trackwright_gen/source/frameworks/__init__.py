"""Job frameworks, one module or package each: which bytes matter, and which jobs a project declares."""
