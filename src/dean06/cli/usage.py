"""A command line that is not understood, told in one Vietnamese and one English sentence.

Typer words these errors in English only and ends with 2, the code by which an installation says that its
Python is too old; here they end with the code of refused input, as every other refusal does.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from typer._click import exceptions as click

_UNKNOWN_COMMAND = re.compile(r"No such command '(?P<name>.*?)'")
_EXTRA = re.compile(r"Got unexpected extra argument(?:\(s\)|s)? \((?P<names>.*)\)")


def sentences(error: click.ClickException) -> tuple[str, str]:
    """The Vietnamese and the English sentence of an error, each with the command that shows help."""
    vi, en = _what(error)
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "dean06"
    return f"{vi} Xem: {path} --help", f"{_ended(en)} See: {path} --help"


def nearest(word: str, known: list[str]) -> list[str]:
    """Up to three known words that `word` may have been meant for, best first."""
    folded = {one.lower(): one for one in known}
    return [folded[one] for one in difflib.get_close_matches(word.lower(), folded, n=3, cutoff=0.6)]


def meant(word: str, known: list[str]) -> tuple[str, str]:
    """“Did you mean …?” in both languages, each after a space; empty where no known word is near."""
    near = ", ".join(nearest(word, known))
    return (f" Có phải ý anh/chị là: {near}?", f" Did you mean: {near}?") if near else ("", "")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _what(error: click.ClickException) -> tuple[str, str]:
    match error:
        case click.MissingParameter():
            return _missing(error)
        case click.NoSuchOption():
            vi, en = meant(error.option_name, list(error.possibilities or ()))
            name = error.option_name
            return f"Không có tuỳ chọn «{name}».{vi}", f"There is no option “{name}”.{en}"
        case click.BadOptionUsage():
            name = error.option_name
            return f"Tuỳ chọn «{name}» dùng chưa đúng hoặc thiếu giá trị.", error.format_message()
        case click.BadParameter():
            name = _name(error.param)
            return f"Giá trị của «{name}» không hợp lệ.", error.format_message()
        case _:
            return _other(error)


def _missing(error: click.MissingParameter) -> tuple[str, str]:
    name = _name(error.param)
    if getattr(error.param, "param_type_name", "") == "option":
        return f"Thiếu tuỳ chọn «{name}».", f"The option “{name}” is missing."
    return f"Thiếu tham số «{name}».", f"The argument “{name}” is missing."


def _other(error: click.ClickException) -> tuple[str, str]:
    text = error.format_message()
    if found := _UNKNOWN_COMMAND.search(text):
        name = found["name"]
        vi, en = meant(name, _commands(error))
        return f"Không có lệnh «{name}».{vi}", f"There is no command “{name}”.{en}"
    if found := _EXTRA.search(text):
        names = found["names"]
        return f"Thừa tham số: {names}.", f"Unexpected arguments: {names}."
    return "Dòng lệnh không hợp lệ.", text


def _commands(error: click.ClickException) -> list[str]:
    ctx = getattr(error, "ctx", None)
    return list(ctx.command.list_commands(ctx)) if ctx is not None else []


def _name(param: Any) -> str:
    if param is None:
        return "?"
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name)
