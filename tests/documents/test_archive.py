"""Zips of documents as people pack them."""

import io
import struct
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.documents.archive import Member, members
from policy_themes.documents.limits import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES
from policy_themes.errors import DocumentError


def packed(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip by Python: names in UTF-8, flagged where they are not ASCII."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            archive.writestr(entry, content)
    return made.getvalue()


def unflagged(name: bytes, content: bytes = b"x") -> bytes:
    """A zip whose only member has a name in the system's encoding, without the flag: as Windows packs it."""
    stand_in = "n" * len(name)
    return packed([(stand_in, content)]).replace(stand_in.encode(), name)


def encrypted(name: str) -> bytes:
    """A zip whose first member says that it is encrypted."""
    data = bytearray(packed([(name, b"x"), ("b.txt", b"y")]))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + place
        data[at] |= 1
    return bytes(data)


def read(data: bytes) -> list[Member]:
    return list(members(data, "材料.zip"))


def names(data: bytes) -> list[str]:
    return [member.name for member in read(data)]


def test_files_come_in_their_order_with_folders_and_leftovers_passed_over() -> None:
    kept = [("乙/二.docx", b"2"), ("甲/一.docx", b"1"), ("甲/一.docx", b"1 again"), ("~说明.txt", b"")]
    left = [
        ("乙/", b""),
        ("__MACOSX/乙/._二.docx", b"m"),
        ("乙/.DS_Store", b"d"),
        ("乙/~$二.docx", b"l"),
        ("Thumbs.db", b"t"),
        ("乙/.~二.docx", b"w"),
    ]
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed([*left, *kept])
    assert [(member.name, member.data) for member in read(data)] == kept


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("name", ["工作方案.docx", "附件/1.联系人.xls", "镕.txt", "通知.doc", "a.txt", "联通.txt"])
def test_names_without_the_flag(name: str, encoding: str) -> None:
    assert names(unflagged(name.encode(encoding))) == [name]


def test_names_in_neither_and_with_backslashes() -> None:
    assert names(unflagged(b"caf\x82.txt")) == ["café.txt"]
    assert names(unflagged("附件\\表.xls".encode("gb18030"))) == ["附件/表.xls"]


@given(
    st.lists(
        st.tuples(st.text("甲乙丙丁戊学校abc123", min_size=1, max_size=12), st.binary(max_size=50)),
        max_size=6,
        unique_by=lambda file: file[0],
    )
)
def test_whatever_is_packed_comes_out(files: list[tuple[str, bytes]]) -> None:
    assert [(member.name, member.data) for member in read(packed(files))] == files


@pytest.mark.parametrize("name", ["/etc/passwd", "../外.txt", "甲/../../外.txt", "C:\\外.txt", "..\\外.txt"])
def test_paths_that_lead_out_are_refused_and_stop_nothing(name: str) -> None:
    bad, good = read(packed([(name, b"x"), ("好.txt", b"y")]))
    assert bad.data is None
    assert bad.error.where == f"材料.zip: {name}".replace("\\", "/")
    assert "不安全" in bad.error.zh
    assert good == Member("好.txt", b"y")


def test_encrypted_members_are_named() -> None:
    bad, good = read(encrypted("密.docx"))
    assert (bad.name, good.name) == ("密.docx", "b.txt")
    assert "密码" in bad.error.zh


def test_zips_inside_zips() -> None:
    inner = packed([("三.txt", b"3")])
    deep = packed([("内.zip", inner), ("二.txt", b"2")])
    deeper = packed([("再.ZIP", deep), ("一.txt", b"1")])
    assert names(deep) == ["内.zip/三.txt", "二.txt"]
    assert names(deeper) == ["再.ZIP/内.zip/三.txt", "再.ZIP/二.txt", "一.txt"]
    last, *rest = read(packed([("外.zip", deeper)]))
    assert last.name == "外.zip/再.ZIP/内.zip"
    assert "套得太深" in last.error.zh
    assert [member.name for member in rest] == ["外.zip/再.ZIP/二.txt", "外.zip/一.txt"]


def test_a_damaged_zip_or_member_inside_stops_nothing() -> None:
    data = packed(
        [("坏.zip", b"PK\x03\x04 no"), ("坏.txt", b"a" * 1000), ("好.txt", b"y")], zipfile.ZIP_STORED
    ).replace(b"aaaa", b"aaab", 1)
    first, second, third = read(data)
    assert first.error.where == "材料.zip: 坏.zip"
    assert "损坏" in second.error.zh
    assert third.data == b"y"


def test_sizes_are_bounded_as_declared_and_as_found() -> None:
    bomb = bytearray(packed([("弹.txt", b"\0" * 3_000_000)]))
    at = bomb.index(b"PK\x01\x02") + 24
    struct.pack_into("<I", bomb, at, 1000)
    (member,) = read(bytes(bomb))
    assert member.error is not None
    struct.pack_into("<I", bomb, at, MAX_BYTES + 1)
    (member,) = read(bytes(bomb))
    assert "超过 100 MB" in member.error.zh


def test_the_whole_is_bounded() -> None:
    big = packed([("大.txt", b"\0" * MAX_BYTES)])
    count = MAX_UNPACKED_BYTES // MAX_BYTES
    found = [
        (member.name, len(member.data or b""))
        for member in members(packed([(f"{at}.zip", big) for at in range(count + 1)]), "a.zip")
    ]
    assert [size for _, size in found][: count - 1] == [MAX_BYTES] * (count - 1)
    assert [size for _, size in found][count:] == [0]


def test_too_many_files() -> None:
    empty = packed([(f"{at}", b"") for at in range(MAX_MEMBERS + 1)])
    with pytest.raises(DocumentError, match=str(MAX_MEMBERS)):
        members(empty, "a.zip")
    half = packed([(f"{at}", b"") for at in range(MAX_MEMBERS - 1)])
    *_, last = members(packed([("a.zip", half), ("b.zip", half)]), "a.zip")
    assert (last.name, last.data) == ("b.zip", None)


def test_what_is_no_zip_is_refused_at_once() -> None:
    data = packed([("一.txt", b"1" * 500), ("二.txt", b"2" * 500)])
    for junk in (b"", b"no zip", bytes(range(256)) * 20, *(data[: len(data) * at // 20] for at in range(20))):
        with pytest.raises(DocumentError) as caught:
            members(junk, "材料.zip")
        assert caught.value.where == "材料.zip"


@settings(max_examples=300)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=30))
def test_damage_gives_errors_and_nothing_else(at: int, junk: bytes) -> None:
    data = packed([("一.txt", b"1" * 90), ("二.zip", packed([("三.txt", b"3")])), ("四.txt", b"4")])
    damaged = data[:at] + junk + data[at + len(junk) :]
    try:
        found = read(damaged)
    except DocumentError as error:
        found = [Member("材料.zip", None, error)]
    assert all((member.data is None) == (member.error is not None) for member in found)
    assert all(member.error.where.startswith("材料.zip") for member in found if member.error)
