from pipeline.text.toml_changes import differences

BEFORE = """
version = 3
phrases = ["甲", { text = "乙", weak = true }, "丙"]
order = ["a", "b"]
[limits]
call_s = 480
[[answers]]
name = "违约金"
asked = ["一", "二"]
[[answers]]
name = "生效"
asked = ["三"]
"""


def told(after):
    return [(one.key, one.removed, one.added, one.is_list) for one in differences(BEFORE, after)]


def test_nothing_differs_where_only_the_writing_does():
    assert told(BEFORE.replace('["甲", ', '[\n  # neu\n  "甲",\n  ')) == []


def test_values_and_lists_are_told_by_their_keys():
    after = (
        BEFORE.replace("call_s = 480", "call_s = 420").replace('"丙"', '"丁"').replace("weak = true", "weak = false")
    )
    assert told(after) == [
        ("phrases", ("乙（weak：是）", "丙"), ("乙（weak：否）", "丁"), True),
        ("limits.call_s", ("480",), ("420",), False),
    ]


def test_tables_with_a_name_are_compared_one_by_one():
    after = BEFORE.replace('"一", "二"', '"二", "五"') + '[[answers]]\nname = "新的"\nasked = ["六"]\n'
    assert told(after) == [
        ("answers.违约金.asked", ("一",), ("五",), True),
        ("answers.新的.name", (), ("新的",), False),
        ("answers.新的.asked", (), ("六",), True),
    ]


def test_what_comes_and_goes_and_what_only_changes_places():
    assert told(BEFORE.replace("version = 3\n", "")) == [("version", ("3",), (), False)]
    assert told(BEFORE.replace('["a", "b"]', '["b", "a"]')) == [("order", ("a", "b"), ("b", "a"), True)]
    assert told(BEFORE.replace('["a", "b"]', '["a", "b", "a"]')) == [("order", (), ("a",), True)]
