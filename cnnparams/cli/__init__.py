"""The command line: the only place that prints, and that turns errors into exit codes."""

import gc


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # a run is short and keeps what it makes: looking for garbage takes a third of a deep network's time
    from cnnparams.cli.boundary import run_and_exit  # libraries too are imported without looking for garbage

    run_and_exit()
