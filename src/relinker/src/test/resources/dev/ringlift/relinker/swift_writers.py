"""Object servers at work on one device: PUT, POST and DELETE by real Swift's DiskFile, and the account of what clients were told.

Usage: swift_writers.py SWIFT_DIR ROOT SEED POWER
Reads words from standard input: "prepared" writes at the power's places, most of it linked to those of the next one, as proxies ask
that have the prepared ring; "increased" at those of the next power; "stop" ends. Each word is answered by a line when it holds, "stop"
by the account, as JSON: name to [kind, timestamp, value].
"""
import json
import os
import random
import select
import sys
import time

import swift_trees

DEVICE = 'd1'
NAMES = 250


def diskfile(router, policy, name, power, next_part_power):
    from swift.common.utils import hash_path
    partition = int(hash_path('a', 'c', name)[:8], 16) >> 32 - power
    return router[policy].get_diskfile(DEVICE, str(partition), 'a', 'c', name, policy=policy, next_part_power=next_part_power)


def put(disk_file, stamp, value, fragment=None, committed=True):
    """The two phases of a PUT; erasure coding has an index of the fragment, and may come to know only the first phase."""
    body = value.encode()
    metadata = {'X-Timestamp': stamp.internal, 'Content-Type': 'text/plain', 'Content-Length': str(len(body)), 'ETag': value}
    if fragment is not None:
        metadata['X-Object-Sysmeta-Ec-Frag-Index'] = str(fragment)
    with disk_file.create(size=len(body)) as writer:
        writer.write(body)
        writer.put(metadata)
        if committed:
            writer.commit(stamp)


def make_legacy(disk_file, stamp, fragment):
    """As Swift before 2.18 left a durable fragment."""
    place = disk_file._datadir
    os.rename(os.path.join(place, '%s#%d#d.data' % (stamp.internal, fragment)),
              os.path.join(place, '%s#%d.data' % (stamp.internal, fragment)))
    open(os.path.join(place, stamp.internal + '.durable'), 'w').close()


def write(rnd, router, policy, told, power, next_part_power, name):
    from swift.common.exceptions import DiskFileError, DiskFileNotExist
    from swift.common.utils import Timestamp
    disk_file = diskfile(router, policy, name, power, next_part_power)
    known = told.get(name)
    kind = 'PUT' if known is None or known[0] == 'DELETE' else rnd.choice(['PUT', 'PUT', 'POST', 'DELETE'])
    stamp = Timestamp.now()
    value = '%032x' % rnd.getrandbits(128)
    fragment = rnd.randrange(3) if policy.policy_type == 'erasure_coding' else None
    committed = fragment is None or known is None or rnd.random() < .8
    try:
        if kind == 'PUT':
            put(disk_file, stamp, value, fragment, committed)
            if committed:
                told[name] = ['PUT', stamp.internal, value]
            if fragment is not None and next_part_power is None and known is None and rnd.random() < .3:
                make_legacy(disk_file, stamp, fragment)
        elif kind == 'DELETE':
            disk_file.delete(stamp)
            told[name] = ['DELETE', stamp.internal, '']
        else:
            # As the object server does: it reads the object first, and says 404 if there is none.
            disk_file.read_metadata()
            disk_file.write_metadata({'X-Timestamp': stamp.internal, 'X-Object-Meta-Value': value})
            # Of what data it is, after a write that failed, nobody knows.
            told[name] = ['UNKNOWN' if known[0] == 'UNKNOWN' else 'POST', stamp.internal, known[2]]
    except (DiskFileError, DiskFileNotExist, OSError):
        # The client was told that it failed, so either may hold; so does a proxy whose PUT failed, which is tried again.
        told[name] = ['UNKNOWN', stamp.internal, '']
        return 1
    finally:
        # Swift invalidates just before it renames: whoever hashes the suffix in between, a replicator of Swift's too, has a wrong hash. That is
        # not what is tried here, so the invalidation is made once more.
        suffix = os.path.dirname(disk_file._datadir)
        if os.path.isdir(suffix):
            disk_file.manager.invalidate_hash(suffix)
    return 0


def check(directory, root, power, told):
    """What is not as clients were told, read by real Swift at this power."""
    from swift.common.exceptions import DiskFileDeleted, DiskFileNotExist
    swift_trees.load_conf(directory)
    router, policy = open_root(root)
    wrong = []
    for name, (kind, stamp, value) in sorted(told.items()):
        disk_file = diskfile(router, policy, name, power, None)
        try:
            with disk_file.open():
                if policy.policy_type == 'erasure_coding':
                    # What was written is no real fragment, and a reader would find that out.
                    found = disk_file.get_datafile_metadata()['ETag']
                else:
                    found = b''.join(disk_file.reader()).decode()
                if kind == 'DELETE':
                    wrong.append('%s was deleted at %s, and is back from %s' % (name, stamp, disk_file.data_timestamp.internal))
                elif kind != 'UNKNOWN' and (found != value or disk_file.timestamp.internal != stamp):
                    wrong.append('%s is of %s, not of %s %s' % (name, disk_file.timestamp.internal, kind, stamp))
        except (DiskFileDeleted, DiskFileNotExist) as e:
            if kind not in ('DELETE', 'UNKNOWN'):
                wrong.append('%s of %s %s is gone: %r' % (name, kind, stamp, e))
    return wrong


def open_root(root):
    import logging
    from swift.common.storage_policy import POLICIES
    from swift.obj.diskfile import DiskFileRouter
    conf = {'devices': root, 'mount_check': 'false', 'reclaim_age': str(swift_trees.NEVER)}
    return DiskFileRouter(conf, logging.getLogger()), POLICIES[0]


def main():
    directory, root, seed, power = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    swift_trees.load_conf(directory)
    rnd = random.Random(seed)
    router, policy = open_root(root)
    told, stage, failed = {}, None, 0
    while True:
        if stage is None or select.select([sys.stdin], [], [], 0)[0]:
            stage = sys.stdin.readline().strip()
            if stage == 'stop' or not stage:
                print(json.dumps({'told': told, 'failed': failed}), flush=True)
                return
            if not told:
                for number in range(NAMES):
                    write(rnd, router, policy, told, power, None, 'w%d-%d' % (seed, number))
            print(stage, flush=True)
        name = 'w%d-%d' % (seed, rnd.randrange(NAMES + 50))
        if stage == 'prepared':
            failed += write(rnd, router, policy, told, power, power + 1 if rnd.random() < .8 else None, name)
        else:
            failed += write(rnd, router, policy, told, power + 1, power + 1, name)
        time.sleep(.002)


if __name__ == '__main__':
    main()
