"""Opening the workbook: the arguments, as root and not, with a screen and without, and settings written once."""

import json
import os
import sys

import pytest

from dataml_lab import lab


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no root")
@pytest.mark.parametrize(("uid", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_to_root(prefix, monkeypatch, uid, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert ("--allow-root" in lab.command(8888, no_browser=False)) is allowed


def test_a_browser_opens_only_where_there_is_a_screen(prefix, monkeypatch):
    assert "--no-browser" in lab.command(8888, no_browser=False)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "--no-browser" not in lab.command(8888, no_browser=False)
    assert "--no-browser" in lab.command(8888, no_browser=True)


def test_the_port_is_the_one_asked_for(prefix):
    assert "--ServerApp.port=9001" in lab.command(9001, no_browser=True)


def test_settings_are_written_once_and_stay_as_their_user_left_them(prefix):
    lab.command(8888, no_browser=True)
    path = prefix / "share/jupyter/lab/settings/overrides.json"
    chosen = json.loads(path.read_text())
    assert chosen["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert chosen["@jupyterlab/notebook-extension:tracker"]["codeCellConfig"]["lineWrap"] is True
    path.write_text("{}")
    lab.command(8888, no_browser=True)
    assert path.read_text() == "{}"
