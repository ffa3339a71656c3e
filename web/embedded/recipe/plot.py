"""The plot of a training run."""

import json

import matplotlib

matplotlib.use("svg")
# The same file for the same losses: no random ids, no date.
matplotlib.rcParams["svg.hashsalt"] = "reckon"
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402

STAGES = {
    "pretrain": ("pre-training: every token", "#6b7a8f"),
    "reason": ("fine-tuning: thinking and answer", "#b4552d"),
}
SMOOTHED = 25


def losses(log, path):
    """Writes the losses of a run as SVG: every fifth step faint, their running mean strong."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    figure, axes = pyplot.subplots(figsize=(7.2, 3.4))
    read = 0
    for stage, (label, colour) in STAGES.items():
        of_stage = [line for line in lines if line["stage"] == stage]
        xs, ys = [], [line["loss"] for line in of_stage]
        for line in of_stage:
            read += line["tokens"]
            xs.append(read / 1e6)
        means = [sum(ys[max(0, i - SMOOTHED) : i + 1]) / len(ys[max(0, i - SMOOTHED) : i + 1]) for i in range(len(ys))]
        axes.plot(xs[::5], ys[::5], color=colour, alpha=0.25, linewidth=0.7)
        axes.plot(xs[::5], means[::5], color=colour, linewidth=1.6, label=label)
    axes.set(yscale="log", xlabel="tokens read, millions", ylabel="loss, nats a token")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
