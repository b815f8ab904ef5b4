"""Makes device trees with real Swift's own names, attributes and suffix hashes, and with everything that does not belong there."""
import json
import os
import pickle
import random
import stat
import subprocess
import zlib

NOW = 1700000000.0
DEVICES = 2
NEVER = 10 ** 10
# What stands in hash dirs beside Swift's own: half-written files, names of any bytes, the longest name there is.
STRANGE_FILES = [b'junk', b'.1700000000.00000.data.Xy095a', b'x.data', b'a\nb', b'\n', b'123', b'1700000000.00000.other', b'\xff\xfe',
                 b' ', b'.', b'q' * 255, b'\xc3\xa4\xe2\x82\xac', b'1700000000.00000', b'.data', b'1700000000.00000#9#d.data']
# What is nobody's partition: not walked, whatever it holds.
STRANGE_PARTITIONS = [b'tmp.junk', b'a\nb', b'\xff', b'-1', b'+3', b'1.5', b' 3', b'0x3', b'partition']


def make(directory, root, seed, power, options, twin=None):
    """Makes a tree, and a copy of it if a twin is named. Options: objects; policies ("re"); plain (one .data each); new (share of objects with something at the new place); collide (share of
    those with other inodes); junk; hashes (some partitions have suffix hashes); misplaced (some objects where neither power has
    them); state ("" for none, or what the state file says: see states()); data_dir_is_a_file."""
    rnd = random.Random(seed)
    load_conf(directory)
    for number in range(options.get('devices', DEVICES)):
        device = os.path.join(root, 'd%d' % (number + 1))
        os.makedirs(device)
        for index, kind in enumerate(options.get('policies', 'r')):
            datadir = os.path.join(device, 'objects' if index == 0 else 'objects-%d' % index)
            if options.get('data_dir_is_a_file') and number == 0:
                open(datadir, 'w').close()
                continue
            os.makedirs(datadir)
            objects(datadir, rnd, power, kind == 'e', options)
            if options.get('junk'):
                oddities(datadir, rnd, power)
            if options.get('state'):
                states(device, datadir, rnd, power, options['state'])
    if options.get('hashes'):
        hashes(root, rnd)
    if twin:
        copy(root, twin)


def objects(datadir, rnd, power, ec, options):
    suffixes = ['%03x' % rnd.randrange(4096) for _ in range(options.get('suffixes', 12))]
    for _ in range(options.get('objects', 100)):
        hsh = '%029x' % rnd.getrandbits(116) + rnd.choice(suffixes)
        top = int(hsh[:8], 16)
        suffix = hsh[-3:] if rnd.random() < .97 else rnd.choice(suffixes)
        at = top >> 32 - power
        if options.get('misplaced') and rnd.random() < .1:
            at = rnd.choice([at >> 1, at >> 2, rnd.randrange(1 << power), rnd.randrange(1 << power + 2)])
        old = os.path.join(datadir, str(at), suffix, hsh)
        new = os.path.join(datadir, str(top >> 31 - power), suffix, hsh)
        if options.get('plain'):
            files = {stamp(rnd, rnd.random() * 1000).internal + ('#0#d.data' if ec else '.data')}
        else:
            files = names(rnd, ec)
        for name in sorted(files):
            write(os.path.join(old, name), rnd)
        if rnd.random() < options.get('new', 0) and old != new:
            os.makedirs(new, exist_ok=True)
            for name in sorted(files):
                if rnd.random() < .6:
                    os.link(os.path.join(old, name), os.path.join(new, name))
                elif rnd.random() < options.get('collide', 0):
                    write(os.path.join(new, name), rnd)
            if not options.get('plain'):
                # Not two POSTs of one time: which of them Swift takes hangs on the hashing of strings.
                times = {name[:16] for name in files}
                for name in sorted(names(rnd, ec)):
                    if rnd.random() < .5 and not (name.endswith('.meta') and name[:16] in times) \
                            and not os.path.exists(os.path.join(new, name)) and not os.path.exists(os.path.join(old, name)):
                        write(os.path.join(new, name), rnd)
        if options.get('junk') and not options.get('plain') and rnd.random() < .15:
            for place in (old, new):
                if rnd.random() < .6 and os.path.isdir(place):
                    name = os.fsdecode(rnd.choice([n for n in STRANGE_FILES if n != b'.']))
                    if not os.path.exists(os.path.join(place, name)):
                        write(os.path.join(place, name), rnd)
        if options.get('junk') and not options.get('plain') and os.path.isdir(old) and top % 16 == 0:
            litter(os.path.join(old, 'pipe-%s' % hsh[:8]))


def litter(path):
    """An empty file, a pipe, a socket or a device, by its name: all that is no directory must be the same to those who only link and list."""
    kind = zlib.crc32(os.fsencode(os.path.basename(path))) % 4
    if kind == 0:
        open(path, 'w').close()
    else:
        # The device that needs no right to be made.
        os.mknod(path, 0o644 | {1: stat.S_IFIFO, 2: stat.S_IFSOCK, 3: stat.S_IFCHR}[kind], os.makedev(0, 0))


def oddities(datadir, rnd, power):
    """What may stand where partitions, suffix dirs and hash dirs should be."""
    parts = sorted(p for p in os.listdir(datadir) if p.isdigit() and int(p) < 1 << power)
    open(os.path.join(datadir, 'auditor_status_ALL.json'), 'w').close()
    for name in rnd.sample(STRANGE_PARTITIONS, 3):
        path = os.path.join(os.fsencode(datadir), name)
        if rnd.random() < .5:
            os.makedirs(os.path.join(path, b'abc', b'0' * 32))
        else:
            litter(path)
    part = rnd.choice(parts)
    path = os.path.join(datadir, part)
    litter(os.path.join(path, 'f%02x' % rnd.randrange(256)))
    litter(os.path.join(path, rnd.choice(['note', 'a\nb', '.hidden', 'ABC'])))
    os.makedirs(os.path.join(path, '%03x' % rnd.randrange(4096)), exist_ok=True)
    suffix = rnd.choice([s for s in sorted(os.listdir(path)) if len(s) == 3 and os.path.isdir(os.path.join(path, s))])
    for kind in rnd.choice([['dir'], ['file'], ['dir', 'file']]):
        name = '%08x' % ((int(part) << 32 - power) + rnd.randrange(1 << 32 - power)) + '%021x' % rnd.getrandbits(84) + suffix
        if kind == 'dir':
            os.makedirs(os.path.join(path, suffix, name), exist_ok=True)
        else:
            litter(os.path.join(path, suffix, name))
    if rnd.random() < .3:
        os.makedirs(os.path.join(path, rnd.choice(['empty', 'ABCD'])), exist_ok=True)
    # A file in place of a partition, but of none that is linked into: of that Swift dies.
    number = rnd.randrange(1 << power)
    if str(number) not in parts and str(number >> 1) not in parts:
        litter(os.path.join(datadir, str(number)))


def states(device, datadir, rnd, power, kind):
    """A state file that the next relink finds: half (done), broken, of another power, or odd in another way."""
    parts = sorted(p for p in os.listdir(datadir) if p.isdigit() and int(p) < 1 << power)
    half = {p: rnd.random() < .5 for p in parts if rnd.random() < .9}
    text = {
        'half': json.dumps({'part_power': power, 'next_part_power': power + 1, 'state': half}),
        'gone': json.dumps({'part_power': power, 'next_part_power': power + 1, 'state': dict(half, **{'%d' % ((1 << power) - 1): False})}),
        'broken': '{"part_power": 4, "next',
        'empty': '',
        'list': '[1, 2]',
        'keys': '{"part_power": %d}' % power,
        'other': json.dumps({'part_power': power - 1, 'next_part_power': power, 'state': half}),
    }[kind]
    with open(os.path.join(device, 'relink.%s.json' % os.path.basename(datadir)), 'w') as f:
        f.write(text)


def churn(directory, roots, seed, power, count):
    """What object servers do between the steps: PUT, POST and DELETE at the old places, most of them linked to the new ones too. In
    all the trees the same."""
    load_conf(directory)
    for root in roots:
        write_as_servers(root, seed, power, count)


def write_as_servers(root, seed, power, count):
    from swift.common.utils import Timestamp
    from swift.obj.diskfile import invalidate_hash
    rnd = random.Random(seed)
    places = []
    for device, policy, partition, manager in partitions(root):
        at = os.path.join(root, device, datadir_of(policy), partition)
        for suffix in sorted(s for s in os.listdir(at) if len(s) == 3 and os.path.isdir(os.path.join(at, s))):
            for hsh in sorted(h for h in os.listdir(os.path.join(at, suffix)) if len(h) == 32):
                if int(hsh[:8], 16) >> 32 - power == int(partition) and hsh.endswith(suffix) \
                        and os.path.isdir(os.path.join(at, suffix, hsh)):
                    places.append((os.path.join(root, device, datadir_of(policy)), suffix, hsh, policy, manager))
    for number, (datadir, suffix, hsh, policy, manager) in enumerate(rnd.sample(places, min(count, len(places)))):
        old, new = (os.path.join(datadir, str(int(hsh[:8], 16) >> 32 - p), suffix, hsh) for p in (power, power + 1))
        kind = rnd.choice(['PUT', 'PUT', 'POST', 'DELETE'])
        ending = {'PUT': '#0#d.data' if policy.policy_type == 'erasure_coding' else '.data', 'POST': '.meta', 'DELETE': '.ts'}[kind]
        name = Timestamp(NOW + 10 + number).internal + ending
        write(os.path.join(old, name), rnd)
        if rnd.random() < .8 and old != new:
            os.makedirs(new, exist_ok=True)
            os.link(os.path.join(old, name), os.path.join(new, name))
            manager.cleanup_ondisk_files(new)
        manager.cleanup_ondisk_files(old)
        invalidate_hash(os.path.dirname(old))


def stamp(rnd, age=None):
    from swift.common.utils import Timestamp
    seconds = NOW - (age if age is not None else rnd.choice([1, 2, 3, 5, 8, 13, 10000, 100000]))
    return Timestamp(seconds, offset=rnd.choice([0, 0, 0, 0, 1]) if rnd.random() < .2 else 0)


def names(rnd, ec):
    """File names of one hash dir."""
    from swift.common.utils import Timestamp, encode_timestamps
    times = sorted({stamp(rnd) for _ in range(rnd.choice([1, 1, 1, 2, 3, 4]))}, key=lambda t: t.internal)
    out = set()
    for ts in times:
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


def write(path, rnd):
    from swift.obj.diskfile import write_metadata
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(b'x' * rnd.randrange(20))
        write_metadata(f.fileno(), {'name': '/a/c/' + os.path.basename(os.path.dirname(path)), 'X-Timestamp': 'x',
                                    'Content-Type': 'text/plain', 'ETag': '%x' % rnd.getrandbits(64)})
    os.utime(path, (NOW - 1000, NOW - 1000))


def hashes(root, rnd):
    """Gives some partitions the files that a replicator leaves: right hashes, some invalidated, some files broken."""
    for device, policy, partition, manager in partitions(root):
        if rnd.random() < .4:
            continue
        manager._get_hashes(device, partition, policy, recalculate=[], do_listdir=True)
        path = os.path.join(root, device, datadir_of(policy), partition)
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


def partitions(root, reclaim_age=NEVER):
    """Every partition of every policy, with the manager of its files."""
    import logging
    from swift.common import storage_policy
    from swift.obj.diskfile import DiskFileRouter
    router = DiskFileRouter({'devices': root, 'mount_check': 'false', 'reclaim_age': str(reclaim_age)}, logging.getLogger())
    for device in sorted(os.listdir(root)):
        for policy in storage_policy.POLICIES:
            datadir = os.path.join(root, device, datadir_of(policy))
            for partition in sorted(os.listdir(datadir)) if os.path.isdir(datadir) else []:
                if partition.isdigit() and os.path.isdir(os.path.join(datadir, partition)):
                    yield device, policy, partition, router[policy]


def datadir_of(policy):
    from swift.obj.diskfile import get_data_dir
    return get_data_dir(policy)


def rehash(root, directory, reclaim_age=NEVER):
    """Brings the suffix hashes of every partition up to date, as a replicator would."""
    load_conf(directory)
    for device, policy, partition, manager in partitions(root, reclaim_age):
        manager._get_hashes(device, partition, policy, recalculate=[], do_listdir=True)


def copy(source, target):
    """A copy with the same hard links and attributes."""
    subprocess.check_call(['cp', '-a', source, target])


def load_conf(directory):
    """Points Swift, which reads /etc/swift when it is loaded, to this directory."""
    from swift.common import utils, storage_policy
    utils.SWIFT_CONF_FILE = os.path.join(directory, 'swift.conf')
    utils.HASH_PATH_SUFFIX, utils.HASH_PATH_PREFIX = b'ringlift', b''
    storage_policy.reload_storage_policies()
