"""Make the demonstration: three years of twelve libraries, in the order of time, in one transaction."""
