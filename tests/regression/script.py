"""Reads SQL files as psql does: statements end where psql would send them, variables are filled in, COPY data follows its statement."""

import re
from dataclasses import dataclass
from pathlib import Path

SENDS = ("g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch")
PIECES = re.compile(
    r"""(?P<comment>--[^\n]*)|(?P<block>/\*)|(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")"""
    r"""|(?P<dollar>\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)|(?P<cast>::|:=)|(?P<variable>:(?:'\w+'|"\w+"|\w+))"""
    r"""|(?P<more>\\;)|(?P<command>\\[^\n]*)|(?P<word>[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)|(?P<other>.)""", re.DOTALL)
ROUTINE = re.compile(r"\s*create\s+(or\s+replace\s+)?(function|procedure)\b", re.IGNORECASE)


@dataclass
class Statement:
    text: str
    line: int
    command: str = ""  # the backslash command that sent it, or stands alone


class Script:
    """Iterates over the statements of one file. `copy_data()` is what follows a COPY FROM STDIN."""

    def __init__(self, path: Path, variables: dict[str, str]):
        self._text = path.read_text(encoding="utf-8", errors="surrogateescape")
        self._at = 0
        self.variables = dict(variables)

    def __iter__(self):
        while (statement := self._next()) is not None:
            yield statement

    def copy_data(self) -> bytes:
        start = self._text.index("\n", self._at) + 1
        end = re.compile(r"^\\\.[ \t]*$", re.MULTILINE).search(self._text, start)
        data = self._text[start:end.start() if end else len(self._text)]
        self._at = end.end() if end else len(self._text)
        return data.encode(errors="surrogateescape")

    def _next(self) -> Statement | None:
        out: list[str] = []
        depth = blocks = 0
        line = 0
        while self._at < len(self._text):
            found = PIECES.match(self._text, self._at)
            kind, piece = found.lastgroup, found.group()
            if line == 0 and not piece.isspace() and kind not in ("comment", "block"):
                line = self._text.count("\n", 0, self._at) + 1
            self._at = found.end()
            if kind == "comment":
                continue
            if kind == "block":
                self._skip_comment()
                out.append(" ")
            elif kind == "dollar":
                end = self._text.find(piece, self._at)
                end = len(self._text) if end < 0 else end + len(piece)
                out.append(piece + self._text[self._at:end])
                self._at = end
            elif kind == "variable":
                out.append(self._fill_in(piece))
            elif kind == "more":
                out.append(";")
            elif kind == "command":
                command = piece[1:].strip()
                if command.split(" ")[0].rstrip(";") in SENDS and "".join(out).strip():
                    return Statement("".join(out).strip(), line, command)
                if not "".join(out).strip():
                    self._run(command)
                    return Statement("", line, command)
            elif piece == ";" and depth <= 0 and blocks == 0:
                text = "".join(out).strip()
                if text:
                    return Statement(text, line)
                out, line = [], 0
            else:
                depth += (piece == "(") - (piece == ")")
                if kind == "word" and ROUTINE.match("".join(out)):
                    word = piece.lower()
                    blocks += (word == "begin") + (word == "case" and blocks > 0) - (word == "end" and blocks > 0)
                out.append(piece)
        text = "".join(out).strip()
        return Statement(text, line) if text else None

    def _skip_comment(self) -> None:
        depth = 1
        while depth and self._at < len(self._text):
            if self._text.startswith("/*", self._at):
                depth, self._at = depth + 1, self._at + 2
            elif self._text.startswith("*/", self._at):
                depth, self._at = depth - 1, self._at + 2
            else:
                self._at += 1

    def _fill_in(self, piece: str) -> str:
        quote = piece[1] if piece[1] in "'\"" else ""
        name = piece[1:].strip("'\"")
        if name not in self.variables:
            return piece
        value = self.variables[name]
        return quote + value.replace(quote, quote * 2) + quote if quote else value

    def _run(self, command: str) -> None:
        words = command.split(None, 2)
        if words[:1] == ["set"] and len(words) > 1:
            parts = re.findall(r":\w+|'(?:[^']|'')*'|[^\s:']+", words[2]) if len(words) > 2 else []
            self.variables[words[1]] = "".join(self._fill_in(p) if p[0] == ":" else p.strip("'").replace("''", "'") for p in parts)
        elif words[:1] == ["getenv"] and len(words) > 2:
            self.variables[words[1]] = self.variables.get(words[2], "")
