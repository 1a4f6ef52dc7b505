"""The mean of the trained weights and of those they were trained from: average.py WORK_DIR MODEL_DIR [SHARE]. Writes WORK_DIR/model.pt anew.

A short training from published weights learns the new and forgets a little of the old; the mean of both hears better than either
(Wortsman et al. 2022, Model soups). SHARE is the new weights' part, a half if not given. Run between train.py and convert.py.
"""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from model import Whisper  # noqa: E402
from published import begin_from  # noqa: E402
from train import PHONES, PITCHES, tokens  # noqa: E402


def main(work: Path, published: Path, share: float) -> None:
    model = Whisper(len(tokens()), PHONES, PITCHES)
    begin_from(model, published)
    old, new = model.state_dict(), torch.load(work / "model.pt")
    for name, trained in new.items():
        # The two heads that only training has are not published.
        if trained.dtype.is_floating_point and not name.startswith(("phone_", "pitch_")):
            new[name] = (share * trained.float() + (1 - share) * old[name].float()).half()
    torch.save(new, work / "model.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.5)
