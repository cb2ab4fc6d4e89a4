"""The page of served tables: all of them, as text, and nothing that acts."""

from datetime import date

import matplotlib.pyplot as plt
import pandas as pd

from dataml_lab.pipeline.dashboard import dashboard

HOSTILE = "<img src=x onerror=alert(1)> & \"quotes\""
FRAME = pd.DataFrame({HOSTILE: [HOSTILE, None], "day": [date(2025, 5, 7)] * 2, "orders": [1200, 3],
                      "spent": [0.5, None]})


def test_tables_are_there_as_text_with_dashes_for_what_is_missing():
    page = dashboard("The shop", {"Orders & more": FRAME})
    assert "<h2>Orders &amp; more</h2>" in page and '<td class="number">1,200</td>' in page
    assert page.count("–") == 2 and "<td>2025-05-07</td>" in page and '<td class="number">0.50</td>' in page


def test_no_text_of_a_table_or_a_heading_becomes_html():
    page = dashboard(HOSTILE, {HOSTILE: FRAME})
    assert "<img" not in page and "<script" not in page and page.count("&lt;img src=x onerror=alert(1)&gt;") == 6


def test_a_figure_has_its_heading_as_its_name_and_is_the_same_each_time():
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    pages = [dashboard("The shop", {"It rises": figure}) for _ in range(2)]
    plt.close(figure)
    assert pages[0] == pages[1] and '<figure role="img" aria-label="It rises"><svg' in pages[0]
    assert "<!DOCTYPE svg" not in pages[0] and "<?xml" not in pages[0]
