"""Sealed fields: they open in their own place only, and say nothing of what they hold."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch import storage
from dispatch.storage import KeyRing, Place

ROW = UUID("01980000-0000-7000-8000-000000000001")
OTHER = UUID("01980000-0000-7000-8000-000000000002")
HOME = Place("elder", "id_no", ROW)


@pytest.mark.usefixtures("db")
class TestSealing:
    def test_a_sealed_text_opens_in_its_place(self):
        assert storage.unseal(storage.seal("12010119500101001X", place=HOME), place=HOME) == "12010119500101001X"

    @pytest.mark.parametrize(
        "elsewhere", [HOME._replace(row_id=OTHER), HOME._replace(column="phone"), HOME._replace(table="carer")]
    )
    def test_it_does_not_open_elsewhere(self, elsewhere):
        sealed = storage.seal("13800002345", place=HOME)

        with pytest.raises(storage.SealBrokenError):
            storage.unseal(sealed, place=elsewhere)

    def test_no_byte_of_it_can_be_changed(self):
        sealed = storage.seal("张三", place=HOME)

        for position in range(len(sealed)):
            broken = bytearray(sealed)
            broken[position] ^= 1
            with pytest.raises(storage.SealBrokenError):
                storage.unseal(bytes(broken), place=HOME)

    def test_two_seals_of_one_text_differ_and_both_are_thirty_bytes_longer(self):
        first, second = (storage.seal("13800002345", place=HOME) for _ in range(2))

        assert first != second
        assert {len(first), len(second)} == {len("13800002345") + 30}

    def test_too_short_a_field_is_broken(self):
        for sealed in (b"", b"\x01", b"\x01\x01"):
            with pytest.raises(storage.SealBrokenError):
                storage.unseal(sealed, place=HOME)

    def test_an_older_key_still_opens_and_the_newest_seals(self):
        before = storage.key_ring()
        old = storage.seal("old", place=HOME)
        storage.install_keys(KeyRing(field_keys={**before.field_keys, 2: b"n" * 32}, index_key=before.index_key))
        try:
            new = storage.seal("new", place=HOME)

            assert storage.unseal(old, place=HOME) == "old"
            assert (storage.key_no(old), storage.key_no(new)) == (1, 2)
        finally:
            storage.install_keys(before)
        with pytest.raises(storage.SealBrokenError):
            storage.unseal(new, place=HOME)

    def test_equal_texts_have_one_index_for_each_purpose(self):
        assert storage.blind_index("1", purpose="elder.id_no") == storage.blind_index("1", purpose="elder.id_no")
        assert storage.blind_index("1", purpose="elder.id_no") != storage.blind_index("1", purpose="elder.phone")
        assert len(storage.blind_index("1", purpose="elder.id_no")) == 16

    def test_without_keys_it_says_what_to_do(self):
        before = storage.key_ring()
        storage.install_keys(KeyRing())
        try:
            with pytest.raises(storage.FieldKeysMissingError, match="DISPATCH_FIELD_KEYS"):
                storage.seal("x", place=HOME)
        finally:
            storage.install_keys(before)


class TestKeys:
    def test_a_made_key_can_be_read(self):
        ring = storage.read_keys(f"1:{storage.make_key()}, 7:{storage.make_key()}", index_key=storage.make_key())

        assert sorted(ring.field_keys) == [1, 7]
        assert ring.newest == 7

    @pytest.mark.parametrize("text", ["", "x", "1:", "0:" + "A" * 43, "256:" + "A" * 43, "1:" + "A" * 10, "1:é"])
    def test_others_are_refused_without_being_repeated(self, text):
        with pytest.raises(ValueError, match=r"^(a key is|each key)"):
            storage.read_keys(text, index_key="A" * 43)

    def test_a_number_stands_once(self):
        with pytest.raises(ValueError, match="of its own"):
            storage.read_keys(f"1:{'A' * 43},1:{'B' * 42}A", index_key="A" * 43)
