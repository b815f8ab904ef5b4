"""Answers each line of JSON on standard input, {"do": name, ...}, with one on standard output: {"ok": value} or {"error": text}.

Each command runs in a child of its own, forked when everything has been loaded: Swift keeps what it has read in global variables, and
a Swift that dies takes nothing with it. What the commands print goes to the file that the argument names.
"""
import gc
import json
import os
import signal
import sys
import traceback

import swift_judge
import swift_trees
import swift_writers


def conf(directory, policies):
    """A swift.conf; policies: one letter each, "r" replication, "e" erasure coding."""
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, 'swift.conf'), 'w') as f:
        f.write('[swift-hash]\nswift_hash_path_suffix = ringlift\nswift_hash_path_prefix = \n')
        for index, kind in enumerate(policies):
            f.write('[storage-policy:%d]\nname = p%d\n' % (index, index))
            if index == 0:
                f.write('default = yes\n')
            if kind == 'e':
                f.write('policy_type = erasure_coding\nec_type = liberasurecode_rs_vand\n'
                        'ec_num_data_fragments = 2\nec_num_parity_fragments = 1\n')


def rings(directory, power, stage):
    """The rings of all policies; stage: plain, prepared, increased or cancelled."""
    from swift.common.ring import RingBuilder
    from swift.common.utils import readconf
    sections = readconf(os.path.join(directory, 'swift.conf'))
    for index in sorted(int(s.split(':')[1]) for s in sections if s.startswith('storage-policy:')):
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


def relinker(directory, args):
    """swift-object-relinker with the swift.conf and rings of the directory; returns its exit code."""
    import logging
    swift_trees.load_conf(directory)
    from swift.cli import relinker as swift_relinker
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    name = '_run' if hasattr(swift_relinker.Relinker, '_run') else 'run'  # before 2.36
    run = getattr(swift_relinker.Relinker, name)

    def telling(self):
        try:
            return run(self)
        except BaseException:
            traceback.print_exc()
            raise
    setattr(swift_relinker.Relinker, name, telling)
    try:
        return swift_relinker.main(args + ['--swift-dir', directory])
    except SystemExit as e:
        return e.code if isinstance(e.code, int) else 1


def killed(directory, args, change):
    """As relinker(), but the process is killed before it makes this change (the first is 1; 0: not at all); returns how many were begun.
    A change is a link, a removal, a renaming, a new directory, or the opening of a lock, which comes before suffixes are invalidated."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        made = [0]

        def counted(call):
            def counting(*args, **kwargs):
                made[0] += 1
                if made[0] == change:
                    os.kill(os.getpid(), signal.SIGKILL)
                os.write(writing, b'.')
                return call(*args, **kwargs)
            return counting
        for name in ('link', 'unlink', 'remove', 'rename', 'rmdir', 'mkdir', 'open'):
            setattr(os, name, counted(getattr(os, name)))
        relinker(directory, args)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, 'rb') as f:
        begun = len(f.read())
    status = os.waitpid(pid, 0)[1]
    if change and os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise ValueError('It came to its end after %d changes: %d' % (begun, status))
    return begun


def clobbers():
    """Whether this release has --clobber-hardlink-collisions."""
    from swift.cli import relinker as swift_relinker
    with open(swift_relinker.__file__) as f:
        return '--clobber-hardlink-collisions' in f.read()


COMMANDS = {
    'clobbers': clobbers,
    'conf': conf,
    'rings': rings,
    'relinker': relinker,
    'killed': killed,
    'make': swift_trees.make,
    'churn': swift_trees.churn,
    'copy': swift_trees.copy,
    'rehash': swift_trees.rehash,
    'describe': swift_judge.describe,
    'compare': swift_judge.compare,
    'wrong_hashes': swift_judge.wrong_hashes,
    'check': swift_writers.check,
}


def in_child(request):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            answer = {'ok': COMMANDS[request.pop('do')](**request)}
        except BaseException:
            answer = {'error': traceback.format_exc()}
        with os.fdopen(writing, 'w') as f:
            json.dump(answer, f)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as f:
        answer = f.read()
    status = os.waitpid(pid, 0)[1]
    if status != 0:
        return json.dumps({'error': 'Swift ended with %d (a negative number is a signal)' % os.waitstatus_to_exitcode(status)})
    return answer


def main():
    import swift.cli.relinker  # noqa: so that children need not
    import swift.common.ring  # noqa
    import swift.obj.diskfile  # noqa
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Collecting garbage would make each child copy all of this memory.
    gc.disable()
    gc.freeze()
    answers = os.fdopen(os.dup(1), 'w')
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for line in sys.stdin:
        answers.write(in_child(json.loads(line)) + '\n')
        answers.flush()


if __name__ == '__main__':
    main()
