"""The command line: `npair-viz doctor FILE`, `npair-viz page SCENE OUT.html` and `npair-viz --version`."""

import argparse
import csv
import os
import re
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from npair_viz.data.contents import Contents
    from npair_viz.data.names import Places

HEALTHY, SICK, USAGE = 0, 1, 2
PLACES = ("embeddings", "labels", "texts", "anchors", "positives")  # as `Places` has them


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 nothing above a note, 1 something is wrong, 2 the command can't be understood."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a console of Windows writes cp1252, which has no τ
            stream.reconfigure(encoding="utf-8")
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _warn
            code: int = asked.run(asked)
    except (ValueError, TypeError, OSError, ModuleNotFoundError) as error:
        parser.exit(USAGE, f"npair-viz: {_for_the_shell(str(error))}\n")
    return code


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """A warning in words, without the line of the code that it comes from."""
    print(f"npair-viz: {_for_the_shell(str(message))}", file=sys.stderr)


def _say(text: str) -> None:
    """Print; a reader that has what it wanted, such as head, is no error."""
    try:
        print(text, flush=True)
    except BrokenPipeError:  # Python flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _doctor(asked: argparse.Namespace) -> int:
    from npair_viz.data.load import contents
    from npair_viz.data.names import Places
    from npair_viz.diagnosis.examine import doctor

    places = Places(*(_names(getattr(asked, f"{part}_in")) for part in PLACES))
    try:
        held = contents(asked.file, asked.labels, places)
        before, reference = (_beside(path, asked.file, places) for path in (asked.before, asked.reference))
    except (ValueError, TypeError) as error:  # the file is there, and what it holds is wrong
        print(f"npair-viz: {_for_the_shell(str(error))}", file=sys.stderr)
        return SICK
    chosen = {name: getattr(asked, name) for name in ("tao", "l2_reg", "normalize", "objective", "policy", "effective")}
    report = doctor(**held.parts, before=before, reference=reference, **chosen)
    _say(report.to_json() if asked.json else report.to_html() if asked.html else str(report))
    return HEALTHY if report.is_healthy else SICK


def _beside(path: str | None, file: str, places: "Places") -> "Contents | None":
    """The rows of another file, which is laid out as the first: only that one's names can be said here."""
    from npair_viz.data.load import contents_without_labels

    try:
        return None if path is None else contents_without_labels(path, places)
    except (ValueError, TypeError) as error:
        mend = f"save it with the names of {file}"
        raise type(error)(re.sub(r"name [^:,]* by \w+_in=", lambda _: mend, str(error))) from None


def _for_the_shell(message: str) -> str:
    """A message whose advice can be followed here: arguments of Python become options."""
    message = message.replace("load(path, labels='labels.npy')", "--labels labels.npy")
    message = message.replace(", or by passing frame[columns]", "")
    return re.sub(r"\b(\w+)_in=", r"--\1-in", message)


def _names(given: str | None) -> str | list[str] | None:
    """One name, or several with commas between them; a name with a comma in it stands in quotes."""
    names = [] if given is None else next(csv.reader([given]), [])
    return names if len(names) > 1 else names[0] if names else None


def _page(asked: argparse.Namespace) -> int:
    from npair_viz.stage.widget import Stage

    stage = Stage(asked.scene)
    try:
        stage.to_html(asked.out)
    except OSError as error:
        why = str(error.strerror).lower()
        raise OSError(f"{asked.out} can't be written, {why}: name a file in a folder that is there") from error
    _say(f"Wrote {asked.out}: open it by double click.")
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
    parser.epilog = "FILE of --before and --reference has the names of the first file in it. "
    parser.epilog += "Exit code: 0 nothing above a note, 1 an error or a warning, 2 wrong usage."
    parser.add_argument("file", help="embeddings with labels, or pairs: .npz, .pt, .safetensors, .parquet, .csv, ...")
    parser.add_argument("--labels", metavar="FILE", help="the labels, where the file has none")
    parser.add_argument("--labels-in", metavar="NAME", help="the entry or column that holds them")
    parser.add_argument("--texts-in", metavar="NAME", help="that of the texts, of pairs two: asked,found")
    parser.add_argument("--embeddings-in", metavar="NAMES", help="the entry or the columns of the embeddings: x0,x1,x2")
    parser.add_argument("--anchors-in", metavar="NAMES", help="the entry or the columns of one side of pairs")
    parser.add_argument("--positives-in", metavar="NAMES", help="and those of the other side")
    parser.add_argument("--tao", type=float, default=1.0, help="the temperature (default 1)")
    parser.add_argument("--l2-reg", type=float, default=0.02, help="the penalty's weight (default 0.02)")
    parser.add_argument("--raw", dest="normalize", action="store_false", help="rows keep their lengths")
    parser.add_argument("--objective", default="mc", help="mc or ovo (default mc)")
    parser.add_argument("--policy", choices=("random", "first", "hardest"), default="random")
    parser.add_argument("--before", metavar="FILE", help="earlier embeddings of the same rows, for drift")
    parser.add_argument("--reference", metavar="FILE", help="embeddings of the training set, for leaks")
    parser.add_argument("--effective", type=float, metavar="N", help="suggest the tao at which N negatives count")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the report as JSON")
    form.add_argument("--html", action="store_true", help="the report as a page")
    parser.set_defaults(run=_doctor)


if __name__ == "__main__":
    sys.exit(main())
