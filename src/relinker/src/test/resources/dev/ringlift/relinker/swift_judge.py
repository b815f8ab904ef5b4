"""Describes device trees so that two of them can be compared."""
import hashlib
import json
import os
import pickle
import shutil
import stat
import subprocess

import swift_trees

# Files of which only the meaning counts, or not even that.
UNCOUNTED = (b'hashes.pkl', b'hashes.invalid', b'.lock', b'.lock-replication', b'.lock-1')
# The hash of a suffix that holds nothing.
EMPTY = hashlib.md5().hexdigest()


def compare(directory, ours, theirs, scratch, reclaim_age):
    """What is different, as sentences "ours | theirs": under paths and hashes, what real Swift makes of both when it hashes everything
    anew (which also removes what is obsolete, and what is no directory); under wrong, suffix hashes that ours holds and that are not
    true. Under state, the state files of both."""
    os.makedirs(scratch)
    try:
        # Hard links, for a hash pass makes and removes names, and changes no file but those that are forgotten first.
        subprocess.check_call(['cp', '-al', ours, theirs, scratch])
        copies = [os.path.join(scratch, os.path.basename(each)) for each in (ours, theirs)]
        for each in copies:
            hash_anew(directory, each, reclaim_age)
            if reclaim_age != swift_trees.NEVER:
                # One may have reclaimed the last of a partition before it looked whether it is empty, the other after.
                for partition in list(partitions(each)):
                    if all(os.fsencode(name) in UNCOUNTED for name in os.listdir(partition)):
                        shutil.rmtree(partition)
        paths = [describe_paths(each) for each in copies]
        hashes = [describe_hashes(each) for each in copies]
    finally:
        shutil.rmtree(scratch)
    return {'paths': differences(*paths), 'hashes': differences(*hashes), 'wrong': untrue(describe_hashes(ours), hashes[0]),
            'state': {'ours': describe_state(ours), 'theirs': describe_state(theirs)}}


def wrong_hashes(directory, root, scratch):
    """The suffix hashes in a tree that are not what real Swift computes."""
    os.makedirs(scratch)
    try:
        subprocess.check_call(['cp', '-al', root, scratch])
        copy = os.path.join(scratch, os.path.basename(root))
        hash_anew(directory, copy, swift_trees.NEVER)
        return untrue(describe_hashes(root), describe_hashes(copy))
    finally:
        shutil.rmtree(scratch)


def untrue(left, true):
    wrong = []
    for partition, hashes in left.items():
        for suffix, value in hashes.items():
            truth = true.get(partition, {}).get(suffix)
            if value is not None and value != truth and not (truth is None and value in (EMPTY, {})):
                wrong.append('%s %s: %r | %r' % (partition, suffix, value, truth))
        # A reader of a valid file takes a suffix that is not in it for one that is not there.
        for suffix, truth in true.get(partition, {}).items():
            if suffix not in hashes and truth not in (None, EMPTY, {}):
                wrong.append('%s %s: left out | %r' % (partition, suffix, truth))
    return wrong


def hash_anew(directory, root, reclaim_age):
    for partition in partitions(root):
        for name in ('hashes.pkl', 'hashes.invalid'):
            if os.path.lexists(os.path.join(partition, name)):
                os.unlink(os.path.join(partition, name))
    swift_trees.rehash(root, directory, reclaim_age)
    if any(os.path.isdir(os.path.join(root, device, 'quarantined')) for device in os.listdir(root)):
        # What is moved to quarantine invalidates its suffix.
        swift_trees.rehash(root, directory, reclaim_age)


def differences(ours, theirs):
    return ['%s: %s | %s' % (key, ours.get(key, 'nothing'), theirs.get(key, 'nothing'))
            for key in sorted(set(ours) | set(theirs)) if ours.get(key) != theirs.get(key)]


def describe(root):
    return {'paths': describe_paths(root), 'hashes': describe_hashes(root), 'state': describe_state(root)}


def describe_paths(root):
    """Every path with its kind and mode; files with their hard-link group (named by its first path), size and attributes."""
    out, groups, attributes = {}, {}, {}
    root = os.fsencode(root)
    for where, dirs, files in os.walk(root):
        dirs.sort()
        for name in dirs + sorted(files):
            path = os.path.join(where, name)
            if name in UNCOUNTED or name.startswith(b'relink.') and name.endswith(b'.json'):
                continue
            info = os.lstat(path)
            relative = path[len(root) + 1:].decode('latin1')
            group = '' if stat.S_ISDIR(info.st_mode) else groups.setdefault(info.st_ino, relative)
            if stat.S_ISREG(info.st_mode):
                if info.st_ino not in attributes:
                    values = sorted((a, os.getxattr(path, a)) for a in os.listxattr(path))
                    attributes[info.st_ino] = hashlib.md5(repr(values).encode()).hexdigest()
                out[relative] = '%s mode=%o size=%d %s' % (group, info.st_mode, info.st_size, attributes[info.st_ino])
            else:
                out[relative] = '%s mode=%o' % (group, info.st_mode)
    return out


def describe_hashes(root):
    """The suffix hashes of each partition that has a valid file of them."""
    known = {os.path.relpath(partition, root): read_hashes(partition) for partition in partitions(root)}
    return {partition: hashes for partition, hashes in known.items() if hashes is not None}


def describe_state(root):
    out = {}
    for device in sorted(os.listdir(root)):
        for name in sorted(os.listdir(os.path.join(root, device))):
            if name.startswith('relink.') and name.endswith('.json'):
                out[os.path.join(device, name)] = read_state(os.path.join(root, device, name))
    return out


def partitions(root):
    for device in sorted(os.listdir(root)):
        for datadir in sorted(d for d in os.listdir(os.path.join(root, device)) if d.startswith('objects')):
            path = os.path.join(root, device, datadir)
            for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
                if name.isdigit() and os.path.isdir(os.path.join(path, name)):
                    yield os.path.join(path, name)


def read_state(path):
    with open(path) as f:
        state = json.load(f)
    if isinstance(state, dict):
        state.pop('ringlift', None)
    return state


def read_hashes(partition):
    """What a reader of the partition would have: suffix to hash, not-known ones as None; None for an invalid file."""
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
        return None
    for suffix in invalid:
        result[suffix] = None
    return {str(k): {str(i): j for i, j in v.items()} if isinstance(v, dict) else v
            for k, v in result.items() if k not in ('updated', 'valid')}
