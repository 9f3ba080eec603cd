"""Sources of the longer attacks in `hostile.py`; they run as part of a student's answer.

`<outside>` and the like stand for the traps of `hostile_kit.Kit`.
"""

KILL_ALL = """
import os
try:
    os.kill(-1, 9)
except OSError:
    pass
os.kill(os.getpid(), 9)
"""
THREADS = """
import threading
def spin():
    while True:
        pass
for _ in range(4):
    threading.Thread(target=spin).start()
"""
DAEMON = """
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(10**6)
        os._exit(0)
except OSError:
    pass
"""
FILL_DISK = """
import itertools
try:
    for number in itertools.count():
        with open(f'filler-{number}', 'wb') as file:
            for _ in range(64):
                file.write(bytes(10**6))
        if number > 10_000:
            return 'a disk without limit'
except (OSError, MemoryError):
    pass
"""
MANY_FILES = "for number in range(1000):\n    open(f'file-{number}', 'w').close()"
UNPRINTABLE = """
class Unprintable(Exception):
    def __str__(self):
        raise KeyError
    __repr__ = __str__
raise Unprintable
"""
ENDLESS_LIST = """
def clip_pixels(pixels):
    class Endless(list):
        def __iter__(self):
            while True:
                yield 0
    return Endless([1])
"""

LONG_NUMBER = """
import sys
def mean(values):
    sys.set_int_max_str_digits(0)
    return 10**1_000_000
"""
# Each carries the value 7, or none, and claims to be whatever it is compared with.
LIARS = """
def yes(*_):
    return True
class Float(float):
    __eq__ = __ge__ = __le__ = yes
    __hash__ = float.__hash__
    __float__ = lambda self: Float(7)
class Text(str):
    __eq__ = yes
    __hash__ = str.__hash__
    __float__ = lambda self: 4.0
class Array(np.ndarray):
    __array_ufunc__ = __eq__ = yes
class Equal:
    __eq__ = __lt__ = __gt__ = yes
class Chameleon:
    __class__ = float
    __float__ = lambda self: 7.0
"""
EVIL = """
import os
class Evil:
    def __reduce__(self):
        return os.system, ('touch <outside>/unpickled',)
"""
PICKLED_NPZ = """
def mean(values):
    import io, labsupport.checks.wire as wire
    buffer = io.BytesIO()
    np.savez(buffer, json=np.array([Evil()], object), allow_pickle=True)
    wire.dumps = lambda data: buffer.getvalue()
    return 0.0
"""
BOMB_NPZ = """
def mean(values):
    import io, zipfile, labsupport.checks.wire as wire
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('json.npy', bytes(200_000_000))
    wire.dumps = lambda data: buffer.getvalue()
    return 0.0
"""
DEEP_JSON = """
def mean(values):
    import json
    json.dumps = lambda *_, **__: '[' * 1_000_000
    return 0.0
"""
READ_HIDDEN = """
import ast, os, pathlib
def stolen(values):
    import labsupport
    root = pathlib.Path(labsupport.__file__).parents[1]
    place = 'course/hidden/lab90/mean.py'
    for path in ('<hidden>', root / place, root / 'tests/fixtures/course' / place):
        if os.path.exists(path):
            for node in ast.walk(ast.parse(pathlib.Path(path).read_text())):
                if isinstance(node, ast.FunctionDef) and node.name == 'judge_negative_mean':
                    return ast.literal_eval(node.body[0].value.args[1])
    return 0.0
"""
IMPORT_HIDDEN = """
def stolen(values):
    import importlib, sys
    folder = '<hidden>'.rpartition('/')[0]
    sys.path += [folder, folder + '/..']
    for name in ('course.hidden.lab90.mean', 'lab90.mean', 'mean'):
        try:
            importlib.import_module(name).judge_negative_mean.__code__.co_consts
        except ImportError:
            continue
        return -2.0
    return 0.0
"""
READ_OTHERS = """
import json, pathlib
def stolen(values):
    for folder in ('<folder>', '.', '..', '/submissions'):
        path = pathlib.Path(folder) / 'solved.ipynb'
        if path.exists():
            for cell in json.loads(path.read_text())['cells']:
                if cell.get('id') == 'mean':
                    names = {}
                    exec(''.join(cell['source']), names)
                    return names['mean'](values)
    return 0.0
"""
SEARCH_MEMORY = """
import gc
def stolen(values):
    for item in gc.get_objects():
        if type(item).__name__ == 'function' and item.__name__ == 'judge_negative_mean':
            return item.__code__.co_consts[1]
    return 0.0
"""
SEARCH_FRAMES = """
import sys
def stolen(values):
    frame = sys._getframe()
    while frame is not None:
        for item in [*frame.f_locals.values(), *frame.f_globals.values()]:
            judge = getattr(item, 'judge', None)
            if getattr(judge, '__name__', '') == 'judge_negative_mean':
                return judge.__code__.co_consts[1]
        frame = frame.f_back
    return 0.0
"""
TRACE = """
import sys, threading
seen = []
def watch(frame, event, argument):
    for name in ('expected', 'want', 'judge'):
        if isinstance(frame.f_locals.get(name), float):
            seen.append(frame.f_locals[name])
    return watch
sys.settrace(watch)
threading.settrace(watch)
def stolen(values):
    frame = sys._getframe()
    while frame is not None:
        frame.f_trace = watch
        frame = frame.f_back
    return seen[-1] if seen else 0.0
"""
PATCH_PROTOCOL = """
def stolen(values):
    import labsupport.checks.protocol as protocol
    protocol.judge = protocol.require = protocol.require_close = protocol.reject = lambda *_, **__: None
    protocol.CheckFailed.__init__ = lambda *_, **__: None
    return 0.0
"""
PATCH_CHECKS = """
def stolen(values):
    import labsupport.checks.find as find
    import labsupport.checks.protocol as protocol
    for name in dir(protocol):
        if name.startswith(('judge', 'require')):
            setattr(protocol, name, lambda *_, **__: None)
    find.put_cases = find.check = lambda *_: None
    return 0.0
"""
PATCH_NUMPY = """
def stolen(values):
    for name in ('isclose', 'allclose', 'array_equal', 'all', 'equal'):
        setattr(np, name, lambda *_, **__: np.True_)
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *_, **__: None
    return 0.0
"""
PATCH_BUILTINS = """
def stolen(values):
    import builtins, math, operator
    builtins.all = builtins.any = math.isclose = operator.eq = lambda *_, **__: True
    builtins.abs = builtins.round = lambda *_, **__: 0
    return 0.0
"""
PATCH_WIRE = """
def stolen(values):
    import json
    import labsupport.checks.protocol as protocol
    import labsupport.checks.wire as wire
    plain, dumps = protocol.plain, wire.dumps
    protocol.plain = lambda value, *rest: 4.0 if value == 0.0 else plain(value, *rest)
    wire.dumps = lambda data: dumps({'of five': 4.0, 'of one': 2.5})
    json.JSONEncoder.default = lambda *_: 4.0
    return 0.0
"""
FAKE_MODULES = """
def stolen(values):
    import sys, types
    for name in ('hidden', 'course.hidden.lab90', 'tests', 'course', 'course.grading', 'pickle'):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].HIDDEN = {}
        sys.modules[name].loads = lambda *_: {'mean': 1}
    open('labsupport.py', 'w').write('HIDDEN = {}')
    return 0.0
"""
INPUT_TRANSFORMERS = """
def stolen(values):
    from IPython import get_ipython
    get_ipython().input_transformers_post.append(lambda lines: ['pass'])
    return 0.0
try:
    get_ipython().input_transformers_post.append(lambda lines: ['pass'])
except Exception:
    pass
"""
FORGE_POINTS = """
def stolen(values):
    import json, os
    result = {'grade_id': 'mean', 'mean': 1, 'points': 1, 'passed': True, 'status': 'graded', 'ok': True, 'total': 8}
    for number in range(256):
        try:
            os.write(number, (json.dumps(result) + chr(10)).encode())
        except OSError:
            pass
    return 0.0
"""
WRITE_GRADEBOOK = """
def stolen(values):
    import sqlite3
    for place in ('<outside>', '<folder>', '.', '..', '/tmp'):
        try:
            with sqlite3.connect(f'{place}/gradebook.db') as base:
                base.execute('create table if not exists grade (points real)')
                base.execute('update grade set auto_score = 1')
        except Exception:
            continue
    return 0.0
"""
CONNECT = """
import socket
socket.create_connection(('127.0.0.1', <port>), timeout=2).close()
"""
OTHERS_ENVIRONMENT = """
import glob
assert any(b'LABS_' + b'SECRET' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/environ'))
"""
OTHERS_PROCESSES = """
import glob
assert any(b'pytest' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/cmdline'))
"""
NAMESPACE = """
import ctypes, os
os.mkdir('mounted')
assert ctypes.CDLL(None).unshare(0x10000000) == 0
assert ctypes.CDLL(None).mount(b'/tmp', b'mounted', None, 0x1000, None) == 0
"""
PARENTS_DESCRIPTORS = """
import glob, os
assert [open(path, 'wb') for path in glob.glob(f'/proc/{os.getppid()}/fd/*')]
"""
LIMIT_PARENT = """
import os, resource
for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_CPU):
    try:
        resource.prlimit(os.getppid(), kind, (0, 0))
    except OSError:
        pass
"""
BLAME_IMPORTS = """
import json, os
for number in range(3, 256):
    try:
        os.write(number, json.dumps({'size': 0, 'kind': 'piece', 'number': 0}).encode() + bytes([10]))
    except OSError:
        pass
os._exit(0)
"""
