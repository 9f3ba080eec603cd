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
READ_HIDDEN = """
import ast, pathlib
def stolen(values):
    import labsupport
    root = pathlib.Path(labsupport.__file__).parents[1]
    for path in (pathlib.Path('<hidden>'), *(root / 'tests').rglob('*.py'), *(root / 'course').rglob('*.py')):
        if path.exists():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name == 'judge_negative_mean':
                    return ast.literal_eval(node.body[0].value.args[1])
    return 0.0
"""
IMPORT_HIDDEN = """
def stolen(values):
    import importlib, pathlib, sys
    path = pathlib.Path('<hidden>')
    sys.path.insert(0, str(path.parent))
    sys.modules.pop(path.stem, None)
    importlib.import_module(path.stem).judge_negative_mean.__code__.co_consts
    return -2.0
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
PATCH_PROTOCOL = """
def stolen(values):
    import labsupport.checks.protocol as protocol
    protocol.judge = protocol.require = protocol.require_close = protocol.reject = lambda *_, **__: None
    protocol.CheckFailed.__init__ = lambda *_, **__: None
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
CONNECT = """
import socket
socket.create_connection(('127.0.0.1', <port>), timeout=2).close()
"""
OTHERS_PROCESSES = """
import glob
assert any(b'pytest' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/cmdline'))
"""
