"""ID numbers and phones: what is good, what is wrong, in which words."""

from __future__ import annotations

import random
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from id_validator import validator

from dispatch.elders.rules import check_digit, judge_identity, mask_id_no
from dispatch.elders.values import FAULT_WORDS, IdentityFault
from dispatch.phones import local_phone, mask_phone, read_phone
from tests.factories.elders import make_id_no

ON = date(2026, 3, 31)
BORN_ON = date(1944, 5, 6)


def wide(digits: str) -> str:
    """Give the full-width digits of a Chinese keyboard."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits)


def judge(id_no: str | None = None, *, phone: str | None = None, sex: str = "female", born_on: date = BORN_ON):
    return judge_identity(id_no=id_no, phone=phone, sex=sex, born_on=born_on, on=ON)


def fault_of(id_no: str, **facts) -> IdentityFault | None:
    found = judge(id_no, **facts)
    assert (found.id_no is None) == ("id_no" in found.faults)
    return found.faults.get("id_no", (None,))[0]


class TestIdNumbers:
    # 滨海新区 of today, 蓟州 of today and 蓟县 as it was until 2016, another province, a made-up district
    @pytest.mark.parametrize("area", ["120116", "120119", "120225", "110101", "440301", "120198"])
    def test_numbers_of_any_district_are_good(self, area):
        assert fault_of(make_id_no(area=area)) is None

    @pytest.mark.parametrize("area", ["120116", "120119", "120225", "110101", "440301"])
    def test_id_validator_agrees_on_real_districts(self, area):
        for number in (1, 77, 400):
            assert validator.is_valid(make_id_no(area=area, number=number))

    @given(
        st.sampled_from(["110101", "120101", "310101", "440103", "500101"]),
        st.dates(date(1930, 1, 1), date(1966, 1, 1)),
        st.integers(0, 999),
        st.sampled_from("0123456789X"),
    )
    def test_our_verdict_is_that_of_id_validator(self, area, born_on, number, last):
        """The oracle is id-validator, on districts that have existed all along."""
        id_no = f"{area}{born_on:%Y%m%d}{number:03d}{last}"
        sex = "male" if number % 2 else "female"

        assert (fault_of(id_no, sex=sex, born_on=born_on) is None) == bool(validator.is_valid(id_no))

    def test_the_example_of_the_standard(self):
        """GB 11643-1999, appendix A: 11010519491231002X and 440524188001010014."""
        assert check_digit("11010519491231002") == "X"
        assert check_digit("44052418800101001") == "4"

    @given(st.integers(0, 16), st.integers(1, 9))
    def test_every_single_mistyped_digit_is_found(self, position, shift):
        good = make_id_no()
        wrong = str((int(good[position]) + shift) % 10)

        assert fault_of(good[:position] + wrong + good[position + 1 :]) is not None

    def test_spaces_full_width_digits_and_a_small_x_are_read(self):
        written = wide("110105") + " 19491231 002x"

        found = judge(written, born_on=date(1949, 12, 31))

        assert found.id_no == "11010519491231002X"
        assert found.faults == {}

    def test_each_fault_has_its_code(self):
        good = make_id_no()

        assert fault_of("120198440506002") is IdentityFault.ID_OLD_FORM
        assert fault_of(good[:-1]) is IdentityFault.ID_FORM
        assert fault_of("我" * 18) is IdentityFault.ID_FORM
        assert fault_of(good[:-1] + ("0" if good[-1] != "0" else "1")) is IdentityFault.ID_CHECK_DIGIT
        assert fault_of(make_id_no(area="190198")) is IdentityFault.ID_REGION
        assert fault_of(make_id_no(born_on=date(2030, 5, 6))) is IdentityFault.ID_BIRTH_DATE
        assert fault_of(good, born_on=date(1944, 5, 7)) is IdentityFault.ID_BORN_ELSE
        assert fault_of(good, sex="male") is IdentityFault.ID_SEX_ELSE

    def test_a_date_that_no_calendar_has_is_found(self):
        plain = "12019819440230002"

        assert fault_of(plain + check_digit(plain)) is IdentityFault.ID_BIRTH_DATE

    def test_birth_dates_to_come_or_too_early_are_refused_without_a_number_too(self):
        assert judge(born_on=date(2030, 1, 1)).faults == {"born_on": (IdentityFault.BORN_IN_FUTURE,)}
        assert judge(born_on=date(1890, 1, 1)).faults == {"born_on": (IdentityFault.BORN_TOO_EARLY,)}
        assert judge(born_on=ON).faults == {}

    def test_every_fault_has_words_and_no_value_shows_in_what_is_printed(self):
        assert set(FAULT_WORDS) == set(IdentityFault)
        found = judge(make_id_no(), phone="13800002345")
        assert make_id_no() not in repr(found)
        assert "13800002345" not in repr(found)

    def test_a_masked_number_shows_eight_places(self):
        assert mask_id_no("12010119500101001X") == "1201**********001X"


class TestPhones:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("138 0000 2345", "+8613800002345"),
            (wide("13800002345"), "+8613800002345"),
            ("+86-138-0000-2345", "+8613800002345"),
            ("0086 13800002345", "+8613800002345"),
            ("022-27123456", "+862227123456"),
            ("4008123456", "+864008123456"),
            ("+1 650 253 0000", "+16502530000"),
            ("19000000001", "+8619000000001"),
        ],
    )
    def test_one_form_for_each_way_of_writing(self, written, kept):
        assert read_phone(written) == kept

    @pytest.mark.parametrize("written", ["", "12349", "120", "27123456", "138000023450", "一三八", "13800002345 ext 5"])
    def test_what_nobody_can_be_called_by_is_none(self, written):
        assert read_phone(written) is None

    def test_a_wrong_phone_is_a_fault(self):
        assert judge(phone="27123456").faults == {"phone": (IdentityFault.PHONE_FORM,)}

    def test_a_masked_phone_shows_seven_digits(self):
        assert mask_phone("+8613800002345") == "138****2345"


def test_mobile_numbers_are_read_as_the_library_reads_them():
    chance = random.Random(3)  # noqa: S311 - made-up numbers, no secrets
    written = [f"1{chance.randrange(10**10):010d}" for _ in range(3_000)] + [
        "1380000234",
        "138000023456",
        "13800002345x",
    ]

    told = {}
    for text in written:
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException:
            continue
        is_good = phonenumbers.is_valid_number(number) and not number.extension
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        told[text] = e164 if is_good else None

    assert {text: read_phone(text) for text in told} == told
    assert 0 < sum(value is not None for value in told.values()) < len(told)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("+8613800002345", "13800002345"), ("+862223456789", "02223456789"), ("+12025550123", "+12025550123")],
)
def test_phone_goes_out_as_people_here_write_it_and_is_read_back(kept, shown):
    assert local_phone(kept) == shown
    assert read_phone(shown) == kept
