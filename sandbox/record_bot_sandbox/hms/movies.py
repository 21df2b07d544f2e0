"""Videos that a browser can play: a test picture with a clock, and a soft tone.

One minute is encoded once; longer and shorter ones are cut from copies of it, so that three hours
take no longer than a moment.
"""

import asyncio
import subprocess
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

PIECE_S = 60
WITHIN_S = 60


async def movie(length_s: int, *, audio_only: bool = False) -> bytes:
    """An MP4 of that length. Raises OSError where ffmpeg does not run here."""
    return await asyncio.to_thread(_movie, max(1, length_s), audio_only)


@lru_cache(maxsize=8)
def _movie(length_s: int, audio_only: bool) -> bytes:
    with tempfile.TemporaryDirectory(prefix="record-bot-movie-") as folder:
        piece, whole = Path(folder, "piece.mp4"), Path(folder, "whole.mp4")
        piece.write_bytes(_piece(audio_only))
        loops = str(-(-length_s // PIECE_S) - 1)
        source = ["-stream_loop", loops, "-i", str(piece), "-t", str(length_s)]
        _ffmpeg(*source, "-c", "copy", "-movflags", "+faststart", str(whole))
        return whole.read_bytes()


@cache
def _piece(audio_only: bool) -> bytes:
    tone = f"sine=frequency=220:sample_rate=8000:duration={PIECE_S},volume=0.1"
    picture = f"testsrc=size=320x180:rate=1:duration={PIECE_S}"
    video = ["-f", "lavfi", "-i", picture, "-c:v", "libx264", "-preset", "veryfast"]
    video += ["-g", "4", "-crf", "36", "-pix_fmt", "yuv420p"]
    with tempfile.TemporaryDirectory(prefix="record-bot-movie-") as folder:
        made = Path(folder, "made.mp4")
        sound = ["-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "16k"]
        _ffmpeg(*([] if audio_only else video[:4]), *sound[:4], *([] if audio_only else video[4:]),
                *sound[4:], str(made))  # fmt: skip
        return made.read_bytes()


def _ffmpeg(*arguments: str) -> None:
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            [get_ffmpeg_exe(), "-v", "error", "-y", *arguments],
            check=True,
            capture_output=True,
            timeout=WITHIN_S,
        )
    except (RuntimeError, subprocess.SubprocessError) as failed:
        raise OSError(f"ffmpeg: {failed}") from None
