"""Dates are read day first. ISO stands first because date inputs of browsers are filled with it."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
DATE_FORMAT = SHORT_DATE_FORMAT = "d/m/Y"
