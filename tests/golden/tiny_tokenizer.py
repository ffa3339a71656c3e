"""A byte-level BPE of a few merges with Llama 3's pre-tokenizer and special tokens: enough to run text end to end."""

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
MERGES = ["t h", "i n", "Ġ th", "e r", "Ġth e", "a n", "o n", "Ġ a", "r e", "an d", "1 2", "Ġ Ġ"]
SPECIALS = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
FIRST_SPECIAL = 300
# Kinds of prompt, # a number to choose, and whether the continuation is to end at a stop token.
PROMPTS = [
    ("the other # and on", False), ("<|begin_of_text|>é ü 漢字 🙂 #", False),
    ("<|start_header_id|>user<|end_header_id|>\n\n# + 12<|eot_id|>", False), ("in the end #", True),
]


def bytes_to_characters():
    """GPT-2's table: every byte a printable character; those that are printable stand for themselves."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


def build(vocab_size):
    """Ids: 256 bytes, merges, fillers up to FIRST_SPECIAL, the specials, fillers up to `vocab_size`."""
    table = bytes_to_characters()
    tokens = [table[byte] for byte in range(256)] + [merge.replace(" ", "") for merge in MERGES]
    tokens += [f"<|reserved_{i}|>" for i in range(len(tokens), FIRST_SPECIAL)]
    specials = SPECIALS + [f"<|reserved_{i}|>" for i in range(FIRST_SPECIAL + len(SPECIALS), vocab_size)]
    plain = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(plain, [tuple(merge.split(" ")) for merge in MERGES], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", FIRST_SPECIAL)])
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in specials])
    assert tokenizer.get_vocab_size() == vocab_size
    return tokenizer
