"""The Python API: load a network, ask it anything; every answer shows itself as text and in a notebook.

`loading` gives a Network, `network` is one, `choosing` has what compares and searches networks. The command line asks
here too. What only some answers need is imported when one of them is asked for: `count` alone is there in a blink.
"""

from cnnparams.api import presenting
from cnnparams.engine.shown import Shown

Shown.presenter = presenting
