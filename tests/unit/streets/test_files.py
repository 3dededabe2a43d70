import json

import numpy as np
import pytest

from dispatch import streets
from dispatch.words import Locale
from tests.unit.streets.towns import LIMIT_DM, snap, tiny_town, walk


def test_saved_network_answers_as_before_and_says_the_same_of_itself(tmp_path):
    town = tiny_town()

    streets.save_network(town, folder=tmp_path / "town")
    opened = streets.open_network(tmp_path / "town")

    assert opened.manifest == town.manifest
    assert opened.projection == town.projection
    assert walk(opened, home=(400.0, 500.0), site=(400.0, 0.0)) == 13_000


def test_opened_arrays_stay_on_disk_and_cannot_be_written(tmp_path):
    streets.save_network(tiny_town(), folder=tmp_path / "town")

    opened = streets.open_network(tmp_path / "town")

    assert isinstance(opened.length_dm, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        opened.length_dm[0] = 1


def test_who_has_the_old_network_open_keeps_it_when_a_new_one_takes_its_place(tmp_path):
    streets.save_network(tiny_town(), folder=tmp_path / "town")
    old = streets.open_network(tmp_path / "town")

    streets.save_network(tiny_town(), folder=tmp_path / "town")

    field = streets.nearest_sites(old, sites=snap(old, (0.0, 0.0)), limit_dm=LIMIT_DM)
    assert field.is_reached.any()
    assert [one.name for one in tmp_path.iterdir()] == ["town"]


def test_missing_network_says_how_to_import_it(tmp_path):
    with pytest.raises(streets.NetworkNotFoundError) as caught:
        streets.open_network(tmp_path / "tianjin")

    assert "dispatch streets import" in caught.value.text(Locale.ZH)
    assert "tianjin" in caught.value.text(Locale.EN)


def test_missing_network_names_those_that_there_are(tmp_path):
    streets.save_network(tiny_town(), folder=tmp_path / "town")

    with pytest.raises(streets.NetworkNotFoundError, match=r"there are: town\); set DISPATCH_NETWORK"):
        streets.open_network(tmp_path / "tianjin")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}'])
def test_broken_manifest_is_told(tmp_path, text):
    streets.save_network(tiny_town(), folder=tmp_path / "town")
    (tmp_path / "town/manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(streets.NetworkBrokenError):
        streets.open_network(tmp_path / "town")


@pytest.mark.parametrize("harm", ["missing", "cut", "other"])
def test_broken_arrays_are_told(tmp_path, harm):
    streets.save_network(tiny_town(), folder=tmp_path / "town")
    file = tmp_path / "town/indices.npy"
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-8])
    else:
        np.save(file, np.zeros(3, np.int32))

    with pytest.raises(streets.NetworkBrokenError):
        streets.open_network(tmp_path / "town")


def test_networks_are_listed_by_name_and_broken_ones_left_out(tmp_path):
    for name in ("b", "a", "c"):
        streets.save_network(tiny_town(), folder=tmp_path / name)
    (tmp_path / "c/manifest.json").write_text("{", encoding="utf-8")
    (tmp_path / ".draft").mkdir()

    assert [one.name for one in streets.list_networks(tmp_path)] == ["town", "town"]
    assert streets.list_networks(tmp_path / "nowhere") == []


def test_failed_write_leaves_the_old_network_and_no_rubbish(tmp_path, monkeypatch):
    streets.save_network(tiny_town(), folder=tmp_path / "town")
    before = json.loads((tmp_path / "town/manifest.json").read_text(encoding="utf-8"))

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space left"):
        streets.save_network(tiny_town(), folder=tmp_path / "town")

    assert json.loads((tmp_path / "town/manifest.json").read_text(encoding="utf-8")) == before
    assert [one.name for one in tmp_path.iterdir()] == ["town"]


def test_identity_names_the_source_file():
    manifest = tiny_town().manifest

    assert streets.network_identity(manifest) == f"town@{manifest.source_sha256[:12]}"
