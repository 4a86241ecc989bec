"""`python -m cnnparams` is `cnnparams`."""

from cnnparams.cli import main

main()
