"""The command line: `npair-viz doctor FILE`, `npair-viz page SCENE OUT.html` and `npair-viz --version`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

HEALTHY, SICK, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 nothing above a note, 1 something is wrong, 2 the command can't be understood."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except (ValueError, TypeError, OSError, ModuleNotFoundError) as error:
        parser.exit(USAGE, f"npair-viz: {error}\n")
    return code


def _doctor(asked: argparse.Namespace) -> int:
    from npair_viz.data.load import contents
    from npair_viz.diagnosis.examine import doctor

    try:
        held = contents(asked.file)
    except (ValueError, TypeError) as error:  # the file is there, and what it holds is wrong
        print(f"npair-viz: {error}", file=sys.stderr)
        return SICK
    chosen = {name: getattr(asked, name) for name in ("tao", "l2_reg", "normalize", "objective", "policy", "effective")}
    before = None if asked.before is None else contents(asked.before).rows
    report = doctor(held.rows, held.labels, before=before, **chosen)
    print(report.to_json() if asked.json else report.to_html() if asked.html else report)
    return HEALTHY if report.is_healthy else SICK


def _page(asked: argparse.Namespace) -> int:
    from npair_viz.stage.widget import Stage

    stage = Stage(asked.scene)
    try:
        stage.to_html(asked.out)
    except OSError as error:
        why = str(error.strerror).lower()
        raise OSError(f"{asked.out} can't be written, {why}: name a file in a folder that is there") from error
    print(f"Wrote {asked.out}: open it by double click.")
    return HEALTHY


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npair-viz", description="The N-pair loss: ask the doctor, write a page.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('npair-viz')}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_doctor(commands.add_parser("doctor", help="say what is wrong with embeddings and settings, and what to do"))
    page = commands.add_parser("page", help="write a scene's stage to a page that needs neither Python nor network")
    page.add_argument("scene", help="a scene's name, such as line-up")
    page.add_argument("out", metavar="OUT.html")
    page.set_defaults(run=_page)
    return parser


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Exit code: 0 nothing above a note, 1 an error or a warning, 2 wrong usage."
    parser.add_argument("file", help="embeddings with labels: .npz, .pt, .safetensors, .csv, ...")
    parser.add_argument("--tao", type=float, default=1.0, help="the temperature (default 1)")
    parser.add_argument("--l2-reg", type=float, default=0.02, help="the penalty's weight (default 0.02)")
    parser.add_argument("--raw", dest="normalize", action="store_false", help="rows keep their lengths")
    parser.add_argument("--objective", default="mc", help="mc or ovo (default mc)")
    parser.add_argument("--policy", choices=("random", "first", "hardest"), default="random")
    parser.add_argument("--before", metavar="FILE", help="earlier embeddings of the same rows, for drift")
    parser.add_argument("--effective", type=float, metavar="N", help="suggest the tao at which N negatives count")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the report as JSON")
    form.add_argument("--html", action="store_true", help="the report as a page")
    parser.set_defaults(run=_doctor)


if __name__ == "__main__":
    sys.exit(main())
