"""English as in Vietnam: day first, never the American order. ISO first, as browsers want it."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
DATE_FORMAT = SHORT_DATE_FORMAT = "d/m/Y"
