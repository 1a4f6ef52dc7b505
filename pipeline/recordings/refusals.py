"""Why a recording could not be judged, in the reviewer's words: the Chinese of AudioError's reasons."""

_CHINESE = {
    "bad_rate": "录音采样率不在可读范围内",
    "decoder_crashed": "录音解码时出错",
    "empty": "录音文件是空的",
    "not_a_file": "不是普通文件（文件夹、链接或设备）",
    "not_audio": "文件不是可识别的录音",
    "not_finite": "录音里有无效的采样值",
    "not_found": "录音文件不存在",
    "sha256_mismatch": "录音与交付时的校验值不符",
    "silent": "录音全程无声",
    "timed_out": "录音解码超时",
    "too_large": "录音文件过大",
    "too_long": "录音过长",
    "too_many_channels": "录音声道过多",
    "unknown_codec": "录音编码格式无法读取",
    "unreadable": "录音文件无法读取",
    "zero_length": "录音里没有声音数据",
}
REASONS = tuple(_CHINESE)


def explained(reason: str) -> str:
    """A sentence for the reviewer; a reason without one of its own is named as it is."""
    return f"{_CHINESE.get(reason, f'录音无法评定（{reason}）')}，无法评定"
