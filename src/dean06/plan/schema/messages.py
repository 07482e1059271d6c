"""Pydantic's findings in plain Vietnamese, each with the field it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dean06.plan.schema.problem import Problem
from dean06.plan.schema.tree import Document, Path

_TEXTS: Mapping[str, str] = {
    "missing": "thiếu trường bắt buộc",
    "extra_forbidden": "trường không có trong mẫu",
    "string_type": "phải là chữ (nếu trông như số, ngày hay yes/no thì đặt trong dấu nháy)",
    "int_type": "phải là số nguyên",
    "bool_type": "phải là true hoặc false",
    "date_type": "phải là ngày dạng 2023-06-15",
    "decimal_type": "phải là số",
    "is_instance_of": "phải là số",
    "finite_number": "phải là số hữu hạn",
    "tuple_type": "phải là danh sách",
    "dict_type": "phải là bảng tên: giá trị",
    "model_type": "phải là bảng tên: giá trị",
    "model_attributes_type": "phải là bảng tên: giá trị",
    "literal_error": "phải là một trong: {expected}",
    "string_pattern_mismatch": "sai dạng cho phép ({pattern})",
    "string_too_short": "không được để trống",
    "string_too_long": "dài quá {max_length} ký tự",
    "too_short": "phải có ít nhất {min_length} phần tử (đang có {actual_length})",
    "too_long": "chỉ được có {max_length} phần tử (đang có {actual_length})",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "không được lớn hơn {le}",
    "decimal_max_places": "chỉ được có {decimal_places} chữ số thập phân",
    "value_error": "{error}",
}


def problems_of(error: ValidationError, document: Document, base: Path) -> list[Problem]:
    """Every finding of a validation as a problem at the line of its field."""
    return [_problem(detail, document, base) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, document: Document, base: Path) -> Problem:
    path = (*base, *detail["loc"])
    field = ".".join(str(step) for step in detail["loc"] if not isinstance(step, int)) or _last(base)
    return Problem(document.file, document.line(path), f"trường '{field}': {_text(detail)}")


def _last(base: Path) -> str:
    names = [step for step in base if isinstance(step, str)]
    return names[-1] if names else "(gốc)"


def _text(detail: ErrorDetails) -> str:
    template = _TEXTS.get(detail["type"])
    if template is None:
        return f"giá trị không hợp lệ ({detail['type']})"
    context: dict[str, Any] = dict(detail.get("ctx", {}))
    return template.format_map(context)
