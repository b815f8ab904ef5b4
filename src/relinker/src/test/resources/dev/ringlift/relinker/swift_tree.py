"""Makes rings and device trees with real Swift, and describes trees so that two of them can be compared.

Usage:
  swift_tree.py conf DIR POLICIES             swift.conf; POLICIES: comma-separated, "r" replication, "e" erasure coding
  swift_tree.py rings DIR POWER STAGE         rings of all policies at this power; STAGE: plain, prepared, increased, cancelled
  swift_tree.py make DIR ROOT SEED POWER OPTIONS  devices d1..dN with random objects; OPTIONS: JSON, see make()
  swift_tree.py describe ROOT                 JSON on stdout
  swift_tree.py copy FROM TO                  a copy with the same hard links and attributes
  swift_tree.py relinker DIR ARGUMENTS…       swift-object-relinker with the swift.conf and rings of DIR
  swift_tree.py rehash ROOT DIR               brings the suffix hashes of every partition up to date, as a replicator would
"""
import hashlib
import json
import os
import pickle
import random
import subprocess
import sys

NOW = 1700000000.0


def conf(directory, policies):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, 'swift.conf'), 'w') as f:
        f.write('[swift-hash]\nswift_hash_path_suffix = ringlift\nswift_hash_path_prefix = \n')
        for index, kind in enumerate(policies.split(',')):
            f.write('[storage-policy:%d]\nname = p%d\n' % (index, index))
            if index == 0:
                f.write('default = yes\n')
            if kind == 'e':
                f.write('policy_type = erasure_coding\nec_type = liberasurecode_rs_vand\n'
                        'ec_num_data_fragments = 2\nec_num_parity_fragments = 1\n')


def rings(directory, power, stage):
    from swift.common.ring import RingBuilder
    from swift.common.utils import readconf
    sections = readconf(os.path.join(directory, 'swift.conf'))
    indexes = [int(s.split(':')[1]) for s in sections if s.startswith('storage-policy:')]
    for index in indexes:
        builder = RingBuilder(power, 3, 0)
        for number in range(3):
            builder.add_dev({'id': number, 'region': 1, 'zone': number, 'ip': '127.0.0.1', 'port': 6200,
                             'replication_ip': '127.0.0.1', 'replication_port': 6200,
                             'device': 'd%d' % (number + 1), 'weight': 1.0, 'meta': ''})
        builder.rebalance(seed='1')
        if stage in ('prepared', 'increased', 'cancelled'):
            builder.prepare_increase_partition_power()
        if stage == 'increased':
            builder.increase_partition_power()
        if stage == 'cancelled':
            builder.cancel_increase_partition_power()
        name = 'object.ring.gz' if index == 0 else 'object-%d.ring.gz' % index
        builder.get_ring().save(os.path.join(directory, name))


def stamp(rnd, age=None):
    from swift.common.utils import Timestamp
    seconds = NOW - (age if age is not None else rnd.choice([1, 2, 3, 5, 8, 13, 1000, 100000]))
    return Timestamp(seconds, offset=rnd.choice([0, 0, 0, 0, 1]) if rnd.random() < .2 else 0)


def names(rnd, ec):
    """File names of one hash dir."""
    from swift.common.utils import Timestamp, encode_timestamps
    t = sorted({stamp(rnd) for _ in range(rnd.choice([1, 1, 1, 2, 3, 4]))}, key=lambda x: x.internal)
    out = set()
    for ts in t:
        kind = rnd.choice(['data'] * 6 + ['meta', 'meta', 'ts', 'ctype'] + (['durable', 'nondurable'] if ec else []))
        if kind == 'data':
            out.add(ts.internal + ('#%d#d.data' % rnd.randrange(3) if ec else '.data'))
        elif kind == 'nondurable':
            for fragment in rnd.sample(range(4), rnd.choice([1, 2])):
                out.add(ts.internal + '#%d.data' % fragment)
        elif kind == 'durable':
            out.add(ts.internal + '.durable')
            if rnd.random() < .7:
                out.add(ts.internal + '#%d.data' % rnd.randrange(3))
        elif kind == 'meta':
            out.add(ts.internal + '.meta')
        elif kind == 'ts':
            out.add(ts.internal + '.ts')
        else:
            ctype = Timestamp(float(ts) - rnd.choice([0, 1, 5, -3]))
            out.add(encode_timestamps(ts, ctype, explicit=True) + '.meta')
    return out


def write(path, rnd, age):
    from swift.obj.diskfile import write_metadata
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(b'x' * rnd.randrange(20))
        write_metadata(f.fileno(), {'name': '/a/c/' + os.path.basename(os.path.dirname(path)), 'X-Timestamp': 'x',
                                    'Content-Type': 'text/plain', 'ETag': '%x' % rnd.getrandbits(64)})
    os.utime(path, (NOW - age, NOW - age))


def make(directory, root, seed, power, options):
    """Options: devices, objects, policies (list of 'r'/'e'), junk (bool), new (share of objects with something at the new place),
    collide (share of those with other inodes), hashes (bool: some partitions have hashes.pkl; DIR has the swift.conf), plain (one .data each)."""
    rnd = random.Random(seed)
    for number in range(options.get('devices', 2)):
        device = os.path.join(root, 'd%d' % (number + 1))
        os.makedirs(device)
        for index, kind in enumerate(options.get('policies', ['r'])):
            datadir = os.path.join(device, 'objects' if index == 0 else 'objects-%d' % index)
            ec = kind == 'e'
            suffixes = ['%03x' % rnd.randrange(4096) for _ in range(options.get('suffixes', 4000))]
            for _ in range(options.get('objects', 100)):
                hsh = '%029x' % rnd.getrandbits(116) + rnd.choice(suffixes)
                top = int(hsh[:8], 16)
                old = os.path.join(datadir, str(top >> 32 - power), hsh[-3:], hsh)
                new = os.path.join(datadir, str(top >> 31 - power), hsh[-3:], hsh)
                if options.get('plain'):
                    files = {stamp(rnd, rnd.random() * 1000).internal + ('#0#d.data' if ec else '.data')}
                else:
                    files = names(rnd, ec)
                for name in sorted(files):
                    write(os.path.join(old, name), rnd, 1000)
                if rnd.random() < options.get('new', 0) and old != new:
                    os.makedirs(new, exist_ok=True)
                    for name in sorted(files):
                        if rnd.random() < .6 and not os.path.exists(os.path.join(new, name)):
                            os.link(os.path.join(old, name), os.path.join(new, name))
                        elif rnd.random() < options.get('collide', 0):
                            write(os.path.join(new, name), rnd, 1000)
                    for name in sorted(names(rnd, ec)):
                        if rnd.random() < .5 and not os.path.exists(os.path.join(new, name)) \
                                and not os.path.exists(os.path.join(old, name)):
                            write(os.path.join(new, name), rnd, 1000)
                if options.get('junk') and rnd.random() < .1:
                    write(os.path.join(old, rnd.choice(['junk', '.1700000000.00000.data.Xy095a', 'x.data', 'a\nb', '123',
                                                        '1700000000.00000.other', '\udcff\udcfe'])), rnd, 1000)
            if options.get('junk'):
                oddities(datadir, rnd, power)
    if options.get('hashes'):
        load_conf(directory)
        hashes(root, rnd)


def oddities(datadir, rnd, power):
    partitions = sorted(p for p in os.listdir(datadir) if p.isdigit() and int(p) < 1 << power)
    open(os.path.join(datadir, 'auditor_status_ALL.json'), 'w').close()
    os.makedirs(os.path.join(datadir, 'tmp.junk'), exist_ok=True)
    path = os.path.join(datadir, rnd.choice(partitions))
    os.makedirs(os.path.join(path, '%03x' % rnd.randrange(4096)), exist_ok=True)
    suffix = os.path.join(path, rnd.choice([s for s in sorted(os.listdir(path)) if len(s) == 3]))
    os.makedirs(os.path.join(suffix, '%08x' % (int(os.path.basename(path)) << 32 - power) + '%021x' % rnd.getrandbits(84)
                             + os.path.basename(suffix)), exist_ok=True)
    if not os.path.exists(os.path.join(datadir, '9')):
        open(os.path.join(datadir, '9'), 'w').close()


def hashes(root, rnd):
    """Gives some partitions the files that a replicator leaves: right hashes, some invalidated, some files broken."""
    for device, policy, partition, manager in partitions(root):
        if rnd.random() < .4:
            continue
        manager._get_hashes(device, partition, policy, recalculate=[], do_listdir=True)
        path = os.path.join(root, device, manager_datadir(policy), partition)
        file = os.path.join(path, 'hashes.pkl')
        with open(file, 'rb') as f:
            value = pickle.load(f)
        for suffix in sorted(set(value) - {'valid', 'updated'}):
            if rnd.random() < .2:
                value[suffix] = None
        value['valid'] = rnd.random() < .8
        with open(file, 'wb') as f:
            f.write(b'broken' if rnd.random() < .1 else pickle.dumps(value, 2))
        if rnd.random() < .5:
            with open(os.path.join(path, 'hashes.invalid'), 'w') as f:
                f.write('%03x\nnonsense\n' % rnd.randrange(4096))


def manager_datadir(policy):
    from swift.obj.diskfile import get_data_dir
    return get_data_dir(policy)


def partitions(root):
    import logging
    from swift.common import storage_policy
    from swift.obj.diskfile import DiskFileRouter
    router = DiskFileRouter({'devices': root, 'mount_check': 'false', 'reclaim_age': str(10 ** 10)}, logging.getLogger())
    for device in sorted(os.listdir(root)):
        for policy in storage_policy.POLICIES:
            datadir = os.path.join(root, device, manager_datadir(policy))
            for partition in sorted(os.listdir(datadir)) if os.path.isdir(datadir) else []:
                if partition.isdigit() and os.path.isdir(os.path.join(datadir, partition)):
                    yield device, policy, partition, router[policy]


def describe(root):
    out = {'paths': {}, 'hashes': {}, 'state': {}}
    groups = {}
    for where, dirs, files in os.walk(root):
        dirs.sort()
        for name in sorted(dirs):
            path = os.path.join(where, name)
            out['paths'][key(root, path)] = 'link' if os.path.islink(path) else 'dir'
        for name in sorted(files):
            path = os.path.join(where, name)
            if name in ('hashes.pkl', 'hashes.invalid', '.lock'):
                continue
            if name.startswith('relink.') and name.endswith('.json'):
                with open(path) as f:
                    state = json.load(f)
                state.pop('ringlift', None)
                out['state'][key(root, path)] = state
                continue
            info = os.lstat(path)
            group = groups.setdefault(info.st_ino, key(root, path))
            attributes = {a: os.getxattr(path, a).hex() for a in sorted(os.listxattr(path))} if not os.path.islink(path) else {}
            digest = hashlib.md5(repr(sorted(attributes.items())).encode()).hexdigest()
            out['paths'][key(root, path)] = '%s nlink=%d size=%d %s' % (group, info.st_nlink, info.st_size, digest)
        if os.path.basename(where).isdigit():
            known = read_hashes(where)
            if known:
                out['hashes'][key(root, where)] = known
    return out


def read_hashes(partition):
    """What a reader of the partition would have: suffix to hash, not-known ones as None; no entry for an invalid file."""
    result = {'valid': False}
    try:
        with open(os.path.join(partition, 'hashes.pkl'), 'rb') as f:
            result = pickle.loads(f.read())
    except Exception:
        pass
    invalid = set()
    try:
        with open(os.path.join(partition, 'hashes.invalid')) as f:
            invalid = {line.strip() for line in f if len(line.strip()) == 3}
    except OSError:
        pass
    if not result.get('valid', True):
        return {'invalid': sorted(invalid)}
    for suffix in invalid:
        result[suffix] = None
    return {str(k): {str(i): j for i, j in v.items()} if isinstance(v, dict) else v
            for k, v in result.items() if k not in ('updated', 'valid')}


def key(root, path):
    return os.path.relpath(path, root).encode('utf8', 'surrogateescape').decode('latin1')


def rehash(root, directory):
    load_conf(directory)
    for device, policy, partition, manager in partitions(root):
        manager._get_hashes(device, partition, policy, recalculate=[], do_listdir=True)


def load_conf(directory):
    """Points Swift, which reads /etc/swift when it is loaded, to this directory."""
    from swift.common import utils, storage_policy
    utils.SWIFT_CONF_FILE = os.path.join(directory, 'swift.conf')
    storage_policy.reload_storage_policies()


def relinker(directory, args):
    load_conf(directory)
    import logging
    import traceback
    from swift.cli import relinker as swift_relinker
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
    run = swift_relinker.Relinker._run

    def telling(self):
        try:
            return run(self)
        except BaseException:
            traceback.print_exc()
            raise
    swift_relinker.Relinker._run = telling
    sys.exit(swift_relinker.main(args + ['--swift-dir', directory]))


def main():
    command, args = sys.argv[1], sys.argv[2:]
    if command == 'conf':
        conf(args[0], args[1])
    elif command == 'rings':
        rings(args[0], int(args[1]), args[2])
    elif command == 'make':
        make(args[0], args[1], int(args[2]), int(args[3]), json.loads(args[4]))
    elif command == 'describe':
        json.dump(describe(args[0]), sys.stdout)
    elif command == 'rehash':
        rehash(args[0], args[1])
    elif command == 'relinker':
        relinker(args[0], args[1:])
    elif command == 'copy':
        subprocess.check_call(['cp', '-a', args[0], args[1]])
    else:
        sys.exit('no such command: ' + command)


if __name__ == '__main__':
    main()
