"""What pip and uv are told about where packages come from."""

import pytest

from local_runtime.set_up import origin as module
from local_runtime.set_up.failures import SetUpError
from local_runtime.set_up.origin import origin


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """An origin on a machine without settings, with an empty home."""
    monkeypatch.setattr(module, "MACHINES_PIP", ())
    monkeypatch.setattr(module, "MACHINES_UV", ())
    return lambda **variables: origin({"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path), **variables})


def test_without_settings_packages_come_from_where_the_lock_says(asked):
    found = asked()
    assert (found.elsewhere, str(found)) == (False, "PyPI")


def test_132_pips_settings_are_uvs_too_and_the_other_way_round(asked):
    pip = asked(PIP_INDEX_URL="https://m/simple", PIP_EXTRA_INDEX_URL="https://a https://b", PIP_TRUSTED_HOST="m")
    assert pip.uv["UV_DEFAULT_INDEX"] == "https://m/simple"
    assert pip.uv["UV_INDEX"] == "https://a https://b"
    assert pip.uv["UV_INSECURE_HOST"] == "m"
    assert str(pip) == "https://m/simple or https://a or https://b"
    uv = asked(
        UV_INDEX_URL="https://m/simple", UV_INDEX="mine=https://a", UV_FIND_LINKS="/x,/y", SSL_CERT_FILE="/c.pem"
    )
    assert uv.pip["PIP_INDEX_URL"] == "https://m/simple"
    assert uv.pip["PIP_EXTRA_INDEX_URL"] == "https://a"
    assert uv.pip["PIP_FIND_LINKS"] == "/x /y"
    assert uv.pip["PIP_CERT"] == "/c.pem"


def test_132_a_folder_of_packages_is_enough_without_an_index(asked):
    found = asked(PIP_NO_INDEX="1", PIP_FIND_LINKS="/wheels")
    assert (found.elsewhere, str(found), found.uv["UV_FIND_LINKS"]) == (True, "/wheels", "/wheels")


def test_132_variables_outdo_files_and_only_what_reaches_packages_is_taken_from_them(asked, tmp_path):
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://file\nuser = true\n[install]\nprefix = /x\ntimeout = 9\n"
    )
    assert asked().uv["UV_DEFAULT_INDEX"] == "https://file"
    found = asked(PIP_INDEX_URL="https://variable", PIP_USER="1", UV_PYTHON="2.7", PYTHONHOME="/x").pip
    assert found["PIP_INDEX_URL"] == "https://variable"
    assert found["PIP_TIMEOUT"] == "9"
    assert not {"PIP_USER", "PIP_PREFIX", "UV_PYTHON", "PYTHONHOME"} & {*found}
    assert found["PIP_CONFIG_FILE"] == "/dev/null"
    assert not asked(PIP_CONFIG_FILE="/dev/null").elsewhere


def test_131_loopback_never_goes_through_a_proxy(asked):
    for found in (asked(PIP_PROXY="http://p:1", no_proxy="intern"), asked(HTTPS_PROXY="http://p:1", NO_PROXY="intern")):
        for told in (found.pip, found.uv):
            assert told["HTTPS_PROXY"] == "http://p:1"
            assert told["NO_PROXY"] == told["no_proxy"] == "intern,localhost,127.0.0.1,::1"


def test_136_a_file_of_settings_that_cannot_be_read_is_named(asked, tmp_path):
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text("index = [")
    with pytest.raises(SetUpError, match=r"uv's settings in .*uv\.toml can't be read"):
        asked(XDG_CONFIG_HOME=str(tmp_path))
    (tmp_path / "pip.conf").write_text("no section")
    with pytest.raises(SetUpError, match=r"pip's settings in .*pip\.conf can't be read"):
        asked(PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
