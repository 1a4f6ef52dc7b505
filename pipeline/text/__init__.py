"""Chinese text: normal form, pinyin, numerals, phrase matching, lexicon loading."""
