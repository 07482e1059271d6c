"""Official papers in the form of Nghị định 30/2020/NĐ-CP: described once, written as DOCX, measured."""
