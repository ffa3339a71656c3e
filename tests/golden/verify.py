"""Makes a golden for `reckon verify`: what transformers computes for a model that you have, in f32 and eager attention.

    pip install -r tests/golden/requirements.txt
    python tests/golden/verify.py MODEL_FOLDER OUT.safetensors    (950M: about 5 GB of memory)
    reckon verify MODEL_FOLDER --dtype f32 --golden OUT.safetensors

MODEL_FOLDER is a Hugging Face folder on your disk: config.json, safetensors, tokenizer.json. One causal pass over ids
spread over the vocabulary, the first and the last among them, and then the three prompts of crates/cli/src/verify/prompts.json.
OUT holds `ids` i32 [T], `positions` i32 [P], `logits` f32 [P, V], and in its metadata how it came to be; nothing of the
weights, and nothing of your machine.
"""

import hashlib
import json
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = Path(__file__).parents[2] / "crates/cli/src/verify/prompts.json"
LIBRARIES = ("numpy", "safetensors", "tokenizers", "torch", "transformers")
SPREAD = 31  # ids before the prompts
AMONG_SPREAD = (0, 1, 7, 18)  # positions of these that are kept: after the first id and the last; then the end of each part


def spread(vocab_size):
    """The first id, the last, and others about evenly between them, out of order."""
    even = [i * (vocab_size - 1) // (SPREAD - 1) for i in range(SPREAD)]
    return [even[i * 12 % SPREAD] for i in range(SPREAD)]


def prompts(folder):
    """(name, ids) of each prompt; none where there is no tokenizer or no template."""
    if not (folder / "tokenizer.json").exists():
        return []
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not tokenizer.chat_template:
        return []
    written = []
    for prompt in json.loads(PROMPTS.read_text())["prompts"]:
        messages = [{"role": role, "content": prompt[role]} for role in ("system", "user")]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        written.append(dict(name=prompt["name"], ids=tokenizer(text, add_special_tokens=False)["input_ids"]))
    return written


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    date = datetime.now().isoformat(timespec="seconds")
    written = prompts(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    most = model.config.max_position_embeddings
    ids = spread(model.config.vocab_size)
    positions = [*AMONG_SPREAD, len(ids) - 1]
    for prompt in written:
        if len(ids) + len(prompt["ids"]) <= most:
            ids += prompt["ids"]
            positions.append(len(ids) - 1)
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False, logits_to_keep=torch.tensor(positions)).logits[0].numpy()
    assert logits.shape == (len(positions), model.config.vocab_size) and np.isfinite(logits).all()
    config = (folder / "config.json").read_bytes()
    save_file(
        {"ids": np.array(ids, np.int32), "positions": np.array(positions, np.int32),
         "logits": np.ascontiguousarray(logits, np.float32)}, out,
        metadata=dict(
            made_by="tests/golden/verify.py", date=date, arithmetic="f32, eager attention",
            libraries=", ".join(f"{library} {version(library)}" for library in LIBRARIES),
            config_sha256=hashlib.sha256(config).hexdigest(), prompts=json.dumps(written)))
    print(f"{out}: {len(ids)} ids, {len(written)} prompts, logits of {len(positions)} positions, "
          f"the largest {np.abs(logits).max():.4f}")


if __name__ == "__main__":
    main()
