"""What was found, as text: `answers` say what is shown, `formats` how it looks; sections.py tells how to add either."""
