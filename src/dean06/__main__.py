"""`python -m dean06` is the `dean06` command."""

from dean06.cli.main import app

if __name__ == "__main__":
    app(prog_name="dean06")
