"""The index of QĐ 766/QĐ-TTg on public services, as far as records here can feed it."""
