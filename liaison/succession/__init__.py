"""What follows an office from one person to the next, on the day it changes hands."""
