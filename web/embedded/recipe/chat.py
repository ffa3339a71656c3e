"""The chat format: Llama 3's, with thinking before an answer."""

BEGIN, END, EOT, PAD = "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|pad|>"
SPECIAL = [BEGIN, END, "<|start_header_id|>", "<|end_header_id|>", EOT, PAD]
#: Ordinary text, but one token each.
THINK, THOUGHT = "<think>", "</think>"

#: BOS, then a header, an empty line, the text and the end of the turn for each message.
TEMPLATE = (
    "{{- bos_token }}"
    "{%- for message in messages %}"
    "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}"
    "{{- message['content'] | trim + '<|eot_id|>' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}"
)


def header(role):
    """What stands before a message."""
    return f"<|start_header_id|>{role}<|end_header_id|>\n\n"


def thought(thinking, answer):
    """What the assistant writes after its header."""
    return f"{THINK}\n{thinking}\n{THOUGHT}\n\n{answer}{EOT}"
