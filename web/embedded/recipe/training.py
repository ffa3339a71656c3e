"""The training loop: Muon for matrices, AdamW for the embedding and the norms, a checkpoint that resumes."""

import json
import math
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from tqdm import tqdm

from .batches import rows
from .model import Config, Model

#: Peak rates: Muon's is matched to AdamW's.
MATRIX_RATE, OTHER_RATE = 4e-3, 3e-3
WARM_UP = 60
#: The part of the steps that pre-training takes.
PRETRAINED = 0.3
SAVE_EVERY = 200


def schedule(step, steps):
    """The rate of a step, against its peak: a warm-up, a plateau, and down to nothing over the last two thirds."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    begin = steps / 3
    return 1.0 if step < begin else max(0.02, 1 - (step - begin) / (steps - begin))


def optimizers(model):
    """Muon for the layers' matrices, AdamW for all else."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and name.startswith("layers.")]
    ids = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in ids]
    return [
        torch.optim.Muon(matrices, lr=MATRIX_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]


def train(tokenizer, folder: Path, *, seed, steps, device):
    """Trains a model, or goes on where a run in the folder was interrupted; its losses are kept in losses.jsonl."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(device.type == "cpu")
    torch.utils.deterministic.fill_uninitialized_memory = False
    model = Model(Config(vocab_size=tokenizer.get_vocab_size())).to(device)
    hidden = torch.compile(model.hidden, dynamic=False)
    both = optimizers(model)
    saved, first = folder / "checkpoint.pt", 0
    plan = {"seed": seed, "steps": steps}
    if saved.exists():
        state = torch.load(saved, map_location=device, weights_only=True)
        if state["plan"] != plan:
            raise SystemExit(f"{saved} is of {state['plan']}, not of {plan}: give --fresh, or another --work folder")
        model.load_state_dict(state["model"])
        for optimizer, kept in zip(both, state["optimizers"]):
            optimizer.load_state_dict(kept)
        first = state["step"]
    losses = folder / "losses.jsonl"
    kept = losses.read_text().splitlines()[:first] if losses.exists() else []
    losses.write_text("".join(line + "\n" for line in kept))
    pretrain = int(steps * PRETRAINED)
    with losses.open("a") as log, tqdm(total=steps, initial=first, unit="step", desc="training") as bar:
        for step in range(first, steps):
            stage = "pretrain" if step < pretrain else "reason"
            began = time.monotonic()
            loss, tokens = _step(model, hidden, both, rows(tokenizer, seed, stage, step), schedule(step, steps), device)
            if not math.isfinite(loss):
                raise SystemExit(f"the loss of step {step} is {loss}")
            log.write(json.dumps({"step": step, "stage": stage, "loss": round(loss, 5), "tokens": tokens}) + "\n")
            bar.set_postfix_str(
                f"{stage} loss {loss:.3f}, {tokens / (time.monotonic() - began):.0f} tokens/s", refresh=False
            )
            bar.update()
            if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
                log.flush()
                state = {
                    "plan": plan,
                    "step": step + 1,
                    "model": model.state_dict(),
                    "optimizers": [o.state_dict() for o in both],
                }
                torch.save(state, saved.with_suffix(".partial"))
                os.replace(saved.with_suffix(".partial"), saved)
    return model


def _step(model, hidden, both, batch, rate, device):
    """One step; the mean loss of the learnt tokens, and how many tokens were read."""
    ids, learnt = (torch.from_numpy(array).to(device) for array in batch)
    with torch.autocast(device.type, torch.bfloat16):
        logits = hidden(ids[:, :-1])[learnt[:, 1:]] @ model.embed_tokens.weight.T
    loss = F.cross_entropy(logits.float(), ids[:, 1:][learnt[:, 1:]])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer, peak in zip(both, (MATRIX_RATE, OTHER_RATE)):
        for group in optimizer.param_groups:
            group["lr"] = peak * rate
        optimizer.step()
        optimizer.zero_grad()
    return loss.item(), ids.shape[0] * (ids.shape[1] - 1)
