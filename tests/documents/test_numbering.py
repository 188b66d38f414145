"""How the numbers of a document nest."""

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.documents.numbering import STYLES, Number, ranks

FEW = list(STYLES)[:4]  # that many nest in one another often enough
numbers = st.builds(Number, st.sampled_from(FEW), st.integers(1, 2), st.just(2))


@settings(max_examples=1_000)
@given(st.lists(numbers, max_size=20))
def test_every_style_of_a_document_has_one_rank(given_numbers: list[Number]) -> None:
    found = ranks(given_numbers)
    assert set(found) == {number.style for number in given_numbers}
    assert sorted(found.values()) == list(range(len(found)))
