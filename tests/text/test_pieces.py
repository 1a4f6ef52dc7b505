from pipeline.text.pieces import LONGEST_HANZI, PAUSE_MS, pieces, sentences
from pipeline.text.utterances import utterances
from tests.dialogue import heard


def said(*turns):
    return utterances(heard("\n".join(turns)).turns)[0]


def test_a_pause_cuts():
    utterance = said("agent 0.0-1.0 好的我看", "agent 1.2-2.2 你烦不烦")
    assert [utterance.text[a:b] for a, b in pieces(utterance)] == ["好的我看", "你烦不烦"]
    assert {utterance.text[a:b] for a, b in sentences(utterance)} == {"好的我看", "你烦不烦", "好的我看你烦不烦"}


def test_a_pause_of_exactly_the_limit_cuts_and_a_shorter_one_does_not():
    begin = 1 + PAUSE_MS / 1000
    assert len(pieces(said("agent 0.0-1.0 好的", f"agent {begin}-2.2 你烦"))) == 2
    assert len(pieces(said("agent 0.0-1.0 好的", f"agent {begin - 0.001}-2.2 你烦"))) == 1


def test_the_pieces_are_the_whole_utterance():
    utterance = said("agent 0.0-1.0 好", "agent 1.3-2.0 行", "agent 2.3-9.0 " + "可以" * 40)
    assert "".join(utterance.text[a:b] for a, b in pieces(utterance)) == utterance.text
    assert max(b - a for a, b in sentences(utterance)) <= LONGEST_HANZI


def test_a_long_piece_is_offered_to_its_end():
    utterance = said("agent 0.0-20.0 " + "一二三四五六七八九十" * 5)
    offered = list(sentences(utterance))
    assert offered[0][0] == 0 and offered[-1][1] == 50
    assert {at for a, b in offered for at in range(a, b)} == set(range(50))
