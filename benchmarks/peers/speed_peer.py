"""How fast a peer tags texts that are segmented already: python speed_peer.py fasttext|annif FOLDER, in the peer's own environment.

FOLDER holds train.jsonl, themes.json and test-0.jsonl (see run.py). Prints a line once it is ready; for each line it is given, tags every
text and prints the seconds of processor time that took and its peak resident memory in megabytes.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from exchange import read

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
BATCH = 32  # texts that Annif takes at a time from a corpus


def fasttext_peer(folder: Path):
    """fastText's predict, a text at a time: the call has no other form."""
    sys.argv[1:] = [str(folder)]
    from fasttext_peer import model

    return lambda texts: [model.f.predict(text + "\n", -1, 0.5, "strict") for text in texts]


def annif_peer(folder: Path):
    """Annif's suggest with the svc backend, batches of 32."""
    command = [sys.executable, str(Path(__file__).with_name("annif_peer.py")), str(folder), "svc"]
    subprocess.run(command, check=True, capture_output=True)
    os.chdir(folder / "annif-svc")
    import annif
    import annif.registry
    import annif_command  # noqa: F401 - puts tokenizers in place that need no data
    from annif.corpus import Document

    application = annif.create_flask_app("annif.default_config.Config")
    with application.app_context():
        annif.registry.initialize_projects(application)
        project = annif.registry.get_project("p")

    def tagged(texts):
        with application.app_context():
            for at in range(0, len(texts), BATCH):
                project.suggest([Document(text=text) for text in texts[at : at + BATCH]])

    return tagged


def peak():
    """Megabytes."""
    status = Path("/proc/self/status")
    return float(status.read_text("utf-8").split("VmHWM:")[1].split()[0]) * 1024 / 1e6 if status.exists() else 0.0


folder = Path(sys.argv[2]).resolve()
texts = [line["segmented"] for line in read(folder / "test-0.jsonl")]
tag = {"fasttext": fasttext_peer, "annif": annif_peer}[sys.argv[1]](folder)
print("ready", flush=True)
for _ in sys.stdin:
    start = time.process_time()
    tag(texts)
    print(time.process_time() - start, peak(), flush=True)
