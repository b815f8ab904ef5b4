"""Real Swift, asked by the testkit: one request a line on standard input, one answer a line on standard output.

A request is {"call": NAME, "in": VALUE}; the answer {"out": VALUE} or {"error": TRACEBACK}. NAME is one of the
functions at the end of this file, all of which take one JSON value and give one. Started as: helper.py SWIFT_DIR
"""
import hashlib
import io
import json
import logging
import os
import pickle
import stat
import sys
import traceback

answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)  # whatever Swift prints must not end up among the answers

# Objects made for a test need not survive a power cut, and an fsync each is most of what they cost.
os.fsync = lambda fd: None

from swift.common import utils  # noqa: E402
from swift.common.storage_policy import POLICIES, reload_storage_policies  # noqa: E402

utils.set_swift_dir(sys.argv[1])
reload_storage_policies()

from swift.common.exceptions import DiskFileDeleted, DiskFileNotExist  # noqa: E402
from swift.common.ring import Ring, RingBuilder  # noqa: E402
from swift.common.ring.ring import RingData  # noqa: E402
from swift.obj import diskfile  # noqa: E402
from swift.obj.diskfile import DiskFileRouter  # noqa: E402

diskfile.fsync = lambda fd: None
diskfile.fsync_dir = lambda path: None
logger = logging.getLogger('helper')
routers = {}


def manager(root, policy):
    """Swift's DiskFileManager of a devices root."""
    if root not in routers:
        # Tests choose timestamps of long ago: nothing may be reclaimed for its age behind their back.
        routers[root] = DiskFileRouter({'devices': root, 'mount_check': 'false', 'reclaim_age': str(10 ** 10)}, logger)
    return routers[root][POLICIES[policy]]


def plain(value):
    """A value of a builder or ring as JSON can hold it: arrays as lists, tuple keys as text."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, bytes):
        return value.decode('latin-1')
    return [plain(item) for item in value]


def apply_operation(disk_file, operation):
    """One PUT, POST or DELETE, as an object server does it on its disk."""
    timestamp = utils.Timestamp(operation['timestamp']).internal
    metadata = dict(operation['metadata'])
    if operation['kind'] == 'DELETE':
        disk_file.delete(timestamp)
    elif operation['kind'] == 'POST':
        metadata['X-Timestamp'] = timestamp
        disk_file.write_metadata(metadata)
    else:
        body = operation['body'].encode('utf-8')
        metadata.update({
            'X-Timestamp': timestamp, 'Content-Type': 'text/plain', 'Content-Length': str(len(body)),
            'ETag': hashlib.md5(body, usedforsecurity=False).hexdigest(),
            'name': '/'.join(['', operation['account'], operation['container'], operation['object']])})
        if operation.get('fragment') is not None:
            metadata['X-Object-Sysmeta-Ec-Frag-Index'] = str(operation['fragment'])
            metadata['X-Object-Sysmeta-Ec-Etag'] = metadata['ETag']
        with disk_file.create(size=len(body)) as writer:
            writer.write(body)
            writer.put(metadata)
            if operation.get('fragment') is None or operation['durable']:
                writer.commit(utils.Timestamp(timestamp))


def places(ring, roots, operation):
    """(devices root, device, partition) of each replica, as a real ring names them."""
    partition, nodes = ring.get_nodes(operation['account'], operation['container'], operation['object'])
    for node in nodes:
        root = roots.get('%s:%s' % (node['ip'], node['port'])) or roots.get(node['ip']) or roots['*']
        yield root, node['device'], partition


def open_disk_file(root, device, partition, operation, policy):
    return manager(root, policy).get_diskfile(
        device, str(partition), operation['account'], operation['container'], operation['object'], POLICIES[policy],
        next_part_power=operation.get('nextPartPower'))


# What can be asked ----------------------------------------------------------------------------------------------------


def write(request):
    """Operations at every place that a ring names: {ring, policy, roots {address or '*': devices root}, operations}."""
    ring = Ring(request['ring'])
    for operation in request['operations']:
        for root, device, partition in places(ring, request['roots'], operation):
            os.makedirs(os.path.join(root, device), exist_ok=True)
            apply_operation(open_disk_file(root, device, partition, operation, request['policy']), operation)


def write_at(request):
    """Operations on one device: {root, device, partPower, policy, operations}."""
    os.makedirs(os.path.join(request['root'], request['device']), exist_ok=True)
    for operation in request['operations']:
        name = utils.hash_path(operation['account'], operation['container'], operation['object'])
        partition = utils.get_partition_for_hash(name, request['partPower'])
        apply_operation(
            open_disk_file(request['root'], request['device'], partition, operation, request['policy']), operation)


def read(request):
    """What an object server finds of each object at each of its places: {ring, policy, roots, objects}."""
    ring = Ring(request['ring'])
    found = []
    for operation in request['objects']:
        for root, device, partition in places(ring, request['roots'], operation):
            answer = {'object': '/'.join(['', operation['account'], operation['container'], operation['object']]),
                      'root': root, 'device': device, 'partition': partition,
                      'state': 'present', 'timestamp': None, 'body': None, 'metadata': {}}
            disk_file = open_disk_file(root, device, partition, operation, request['policy'])
            try:
                with disk_file.open():
                    answer['timestamp'] = disk_file.timestamp.internal
                    answer['metadata'] = plain(disk_file.get_metadata())
                    answer['body'] = b''.join(disk_file.reader()).decode('utf-8')
            except DiskFileDeleted as e:
                answer.update(state='deleted', timestamp=e.timestamp.internal)
            except DiskFileNotExist:
                answer['state'] = 'missing'
            found.append(answer)
    return found


def tree(root):
    """Everything below a folder, sorted by path: type, inode, links, size, mode, xattrs (hex), md5 of contents."""
    described = []
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            try:
                status = os.lstat(path)
                entry = {'path': os.path.relpath(path, root), 'inode': status.st_ino, 'links': status.st_nlink,
                         'size': status.st_size, 'mode': stat.S_IMODE(status.st_mode), 'md5': None, 'xattrs': {},
                         'type': 'other'}
                if stat.S_ISDIR(status.st_mode):
                    entry.update(type='directory', size=0)
                elif stat.S_ISREG(status.st_mode):
                    with open(path, 'rb') as file:
                        entry['md5'] = hashlib.md5(file.read(), usedforsecurity=False).hexdigest()
                    entry['type'] = 'file'
                    entry['xattrs'] = {key: os.getxattr(path, key).hex() for key in os.listxattr(path)}
                described.append(entry)
            except FileNotFoundError:
                pass  # something else is at work in the tree
    return sorted(described, key=lambda entry: entry['path'])


def metadata(path):
    """The metadata that Swift reads from a file's xattrs."""
    return plain(diskfile.read_metadata(path))


def hashes(partition):
    """The decoded hashes.pkl of a partition and the lines of its hashes.invalid; null for a file that isn't there."""
    answer = {'hashes': None, 'invalid': None}
    pickled, invalid = (os.path.join(partition, name) for name in ('hashes.pkl', 'hashes.invalid'))
    if os.path.exists(pickled):
        with open(pickled, 'rb') as file:
            answer['hashes'] = plain(pickle.load(file))
    if os.path.exists(invalid):
        with open(invalid) as file:
            answer['invalid'] = file.read().split()
    return answer


def recalculated_hashes(request):
    """The suffix hashes that Swift computes from what is on disk: {root, device, partition, policy}."""
    keeper = manager(request['root'], request['policy'])
    partition = os.path.join(request['root'], request['device'],
                             diskfile.get_data_dir(POLICIES[request['policy']]), str(request['partition']))
    suffixes = [name for name in os.listdir(partition) if len(name) == 3]
    return {suffix: plain(keeper._hash_suffix(os.path.join(partition, suffix), policy=POLICIES[request['policy']]))
            for suffix in sorted(suffixes)}


def ring(path):
    """A ring as Swift loads it."""
    data = RingData.load(path)
    return {'version': data.version, 'part_shift': data._part_shift, 'next_part_power': data.next_part_power,
            'part_power': 32 - data._part_shift, 'devs': plain(data.devs),
            'replica2part2dev_id': plain(data._replica2part2dev_id)}


def builder(path):
    """A builder's state as Swift loads it."""
    return plain(RingBuilder.load(path).to_dict())


def object_hash(request):
    """The hash of an object's name: {account, container, object}."""
    return utils.hash_path(request['account'], request['container'], request['object'])


def python(request):
    """The result of main(input) of a given source: {source, input}."""
    scope = {}
    exec(compile(request['source'], '<test>', 'exec'), scope)
    return scope['main'](request['input'])


if __name__ == '__main__':
    for line in io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8'):
        request = json.loads(line)
        try:
            answer = {'out': globals()[request['call']](request['in'])}
        except Exception:
            answer = {'error': traceback.format_exc()}
        answers.write(json.dumps(answer) + '\n')
        answers.flush()
