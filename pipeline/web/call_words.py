"""What a call's page calls things."""

from pipeline.export.words import CALL_STATES as STATES
from pipeline.records.call import Outcome
from pipeline.records.finding import ElementState, Match, Part
from pipeline.records.turn import Speaker
from pipeline.web.dispute_words import DECISION_NAMES as DECISIONS

__all__ = ["DECISIONS", "ELEMENT_STATES", "MATCHES", "OUTCOMES", "PARTS", "REASONS", "SPEAKERS", "STATES"]

OUTCOMES = {
    Outcome.SUCCESS: "报成功",
    Outcome.REFUSED: "报拒绝",
    Outcome.NO_ANSWER: "报未接通",
    Outcome.CALLBACK: "报再联系",
    Outcome.OTHER: "报其他",
}
SPEAKERS = {Speaker.AGENT: "客服", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "双方"}
MATCHES = {
    Match.EXACT: "原词",
    Match.PHONETIC: "谐音",
    Match.NEAR: "近似",
    Match.ACOUSTIC: "声学",
    Match.STRUCTURE: "结构",
}
ELEMENT_STATES = {
    ElementState.PRESENT: "有",
    ElementState.MISSING: "缺",
    ElementState.NOT_REQUIRED: "不需要",
    ElementState.NOT_ASSESSABLE: "无法判断",
}
PARTS = {Part.OPENING: "开场白", Part.BODY: "主体", Part.CLOSING: "结束语", Part.THROUGHOUT: "全程"}
REASONS = {
    "truncated": "录音中途截断",
    "bad_frames": "有一段无法解码",
    "shorter_than_header": "比文件头所写的短",
    "shorter_than_manifest": "比清单所写的短",
    "longer_than_manifest": "比清单所写的长",
    "more_streams": "文件里有多路声音",
    "out_of_range": "音量超出正常范围",
    "agent_channel_silent": "客服声道无声",
    "customer_channel_silent": "客户声道无声",
    "not_audio": "不是录音文件",
    "unknown_codec": "编码无法识别",
    "silent": "全程无声",
    "sha256_mismatch": "与交来时的校验值不符",
    "not_found": "没有交来录音文件",
    "not_a_file": "不是普通文件",
    "empty": "空文件",
    "too_large": "文件太大",
    "too_long": "录音太长",
    "decoder_crashed": "解码失败",
    "timed_out": "解码超时",
    "withdrawn": "由运营商撤回",
    "gave_up": "多次尝试都没有完成",
    "tried_again": "已安排重试",
    "no_speech": "没有听到说话",
}
