"""A real inference server with a model that has learnt nothing: llama.cpp's own, and random weights made on the spot.

Its answers are nonsense in the form that was asked for; what is tried with it is how it is asked, not what it says.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

__all__ = ["make_model", "serve_model"]

DIMENSION, LAYERS, HEADS, INNER, CONTEXT, SLOTS = 64, 2, 2, 128, 16_384, 2
ENDS = ('"', "]", "}")
TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant: "


def make_model(path: Path, seed: int = 0) -> None:
    """A GGUF file with a llama of two small layers, whose tokens are printable ASCII and single bytes."""
    from gguf import GGUFWriter, TokenType

    writer, numbers = GGUFWriter(path, "llama"), np.random.default_rng(seed)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(DIMENSION)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(DIMENSION // HEADS)
    special = [("<unk>", TokenType.UNKNOWN), ("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL)]
    tokens = [*special, *((f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256))]
    tokens += [(chr(code) if code > 32 else "\u2581", TokenType.NORMAL) for code in range(32, 127)]
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token, _ in tokens])
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    for add, token in (
        (writer.add_unk_token_id, 0),
        (writer.add_bos_token_id, 1),
        (writer.add_eos_token_id, 2),
        (writer.add_vocab_size, len(tokens)),
    ):
        add(token)
    writer.add_chat_template(TEMPLATE)
    for name, shape in _list_tensors(len(tokens)):
        weights = np.ones(shape) if len(shape) == 1 else numbers.normal(0, 0.2, shape)
        if name == "output.weight":
            # No bytes that are no text, and strings and lists that come to an end.
            weights[[kind == TokenType.BYTE for _, kind in tokens]] = 0
            weights[[token in ENDS for token, _ in tokens]] *= 4
        writer.add_tensor(name, weights.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _list_tensors(words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from (("token_embd.weight", (words, DIMENSION)), ("output.weight", (words, DIMENSION)), ("output_norm.weight", (DIMENSION,)))
    for block in (f"blk.{number}" for number in range(LAYERS)):
        yield from ((f"{block}.{part}.weight", (DIMENSION, DIMENSION)) for part in ("attn_q", "attn_k", "attn_v", "attn_output"))
        yield from ((f"{block}.{part}.weight", (DIMENSION,)) for part in ("attn_norm", "ffn_norm"))
        yield from ((f"{block}.{part}.weight", (INNER, DIMENSION)) for part in ("ffn_gate", "ffn_up"))
        yield f"{block}.ffn_down.weight", (DIMENSION, INNER)


@contextmanager
def serve_model() -> Iterator[str]:
    """Start such a server on a free port of this machine; yields its address. ModuleNotFoundError where xllamacpp or gguf is not installed."""
    import xllamacpp  # noqa: F401 - to know at once

    with TemporaryDirectory() as name:
        path = Path(name) / "random.gguf"
        make_model(path)
        command = [sys.executable, "-m", "benchmarks.inference", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path(__file__).parent.parent) as process:
            try:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                yield f"{process.stdout.readline().strip()}/v1"
            finally:
                process.kill()


def main(path: str) -> None:
    """Serve a model until the process is ended; the first line says where."""
    from xllamacpp import CommonParams, Server

    settings = CommonParams()
    settings.model.path, settings.n_ctx, settings.n_parallel, settings.port = path, CONTEXT * SLOTS, SLOTS, 0
    # Threads that wait for each other crawl where other work is going on.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = Server(settings)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(sys.argv[1])
